/** Limits of reliability.md 1.5 JS3 and 5. */
const maximumDepth = 32;
/** Of one object: keys that collide cost per object. A list of 10,000 small objects is a product of 10,000 tables. */
const maximumKeys = 10_000;

/** An object has its keys once it has one: a megabyte may open 300,000 objects. */
type Scope = { isObject: boolean; keys?: Set<string> };

/**
 * Scans raw JSON text before it is parsed: `JSON.parse` accepts a depth of a million and lets the last of two equal keys
 * win. Answers undefined when the text may be parsed, else why not. It judges structure only; syntax is the parser's.
 */
export function scanJson(text: string): string | undefined {
  const scopes: Scope[] = [];
  // Kept beside the list: reading an empty list at -1 is slow enough to hold everybody up over 1 MB of quotes.
  let scope: Scope | undefined;
  let expectKey = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === 0x22) {
      const end = endOfString(text, i);
      if (end < 0) return 'a string is not closed';
      if (expectKey && scope) {
        scope.keys ??= new Set();
        if (scope.keys.size >= maximumKeys) return `an object has more than ${maximumKeys} keys`;
        const key = unescapeKey(text.slice(i, end + 1));
        if (scope.keys.has(key)) return `the key ${JSON.stringify(key.slice(0, 40))} stands twice in one object`;
        scope.keys.add(key);
        expectKey = false;
      }
      i = end;
    } else if (character === 0x7b || character === 0x5b) {
      expectKey = character === 0x7b;
      scope = { isObject: expectKey };
      scopes.push(scope);
      if (scopes.length > maximumDepth) return `it is nested deeper than ${maximumDepth}`;
    } else if (character === 0x7d || character === 0x5d) {
      scopes.pop();
      scope = scopes.length === 0 ? undefined : scopes[scopes.length - 1];
      expectKey = false;
    } else if (character === 0x2c) {
      expectKey = scope?.isObject === true;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === 0x5c) i += 1;
    else if (character === 0x22) return i;
  }
  return -1;
}

/** `"a"` and `"\u0061"` are one key to the parser, so they are one key here. */
function unescapeKey(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
