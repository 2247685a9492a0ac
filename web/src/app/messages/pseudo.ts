const accented: Readonly<Record<string, string>> = {
  a: 'á',
  b: 'ƀ',
  c: 'ç',
  d: 'đ',
  e: 'é',
  f: 'ƒ',
  g: 'ǧ',
  h: 'ħ',
  i: 'í',
  j: 'ĵ',
  k: 'ķ',
  l: 'ł',
  m: 'ḿ',
  n: 'ñ',
  o: 'ó',
  p: 'ƥ',
  q: 'ʠ',
  r: 'ř',
  s: 'š',
  t: 'ŧ',
  u: 'ú',
  v: 'ṽ',
  w: 'ŵ',
  x: 'ẋ',
  y: 'ý',
  z: 'ž',
};

/** Letters inside `{…}` arguments and `<tags>` belong to ICU; only what people read is changed. */
function accentProse(message: string): string {
  let depth = 0;
  let inTag = false;
  let out = '';
  for (const [at, letter] of [...message].entries()) {
    if (letter === '<') inTag = true;
    if (letter === '{') depth += 1;
    // Odd depth is an argument or a selector; even depth is prose again: {n, plural, one {# row}}.
    out += depth % 2 === 0 && !inTag ? (accented[letter] ?? letter) : letter;
    if (letter === '}') depth -= 1;
    if (letter === '>' && at > 0) inTag = false;
  }
  return out;
}

const padding = (length: number): string => '~'.repeat(Math.ceil(length * 0.4));
const pseudoText = (message: string): string => `⟦${accentProse(message)}${padding(message.length)}⟧`;

const literal = 0;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The parts of a text that the build took apart: literals change, whatever is filled in stays. */
function accentParts(parts: unknown): unknown {
  if (Array.isArray(parts)) return parts.map(accentParts);
  if (!isRecord(parts)) return parts;
  if (parts.type === literal && typeof parts.value === 'string') return { ...parts, value: accentProse(parts.value) };
  // A tag's parts are its children; a choice's are under each of its options.
  const inner = ['children', 'options', 'value'].filter((name) => isRecord(parts[name]));
  return { ...parts, ...Object.fromEntries(inner.map((name) => [name, accentMembers(parts[name])])) };
}

const accentMembers = (value: unknown): unknown =>
  Array.isArray(value) || !isRecord(value)
    ? accentParts(value)
    : Object.fromEntries(Object.entries(value).map(([name, one]) => [name, accentParts(one)]));

function pseudoParts(parts: readonly unknown[]): readonly unknown[] {
  const length = JSON.stringify(parts).length / 3;
  const around = (value: string) => ({ type: literal, value });
  return [around('⟦'), ...parts.map(accentParts), around(`${padding(length)}⟧`)];
}

/**
 * The catalogue as a test language: accented, two fifths longer, in brackets. What stays plain escaped the catalogue.
 * Each text is made when it is asked for, since the catalogue fills as screens come.
 */
export function pseudoLocale<K extends string>(catalogue: Readonly<Record<K, string>>): Readonly<Record<K, string>> {
  return new Proxy(catalogue, {
    get: (texts, id) => {
      const message: unknown = Reflect.get(texts, id);
      if (typeof message === 'string') return pseudoText(message);
      return Array.isArray(message) ? pseudoParts(message) : message;
    },
  });
}
