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

/** The catalogue as a test language: accented, two fifths longer, in brackets. What stays plain escaped the catalogue. */
export function pseudoLocale<K extends string>(catalogue: Readonly<Record<K, string>>): Record<K, string> {
  const entries = Object.entries<string>(catalogue).map(([id, message]) => {
    const padding = '~'.repeat(Math.ceil(message.length * 0.4));
    return [id, `⟦${accentProse(message)}${padding}⟧`];
  });
  // Object.fromEntries forgets the key type it was given.
  return Object.fromEntries(entries) as Record<K, string>;
}
