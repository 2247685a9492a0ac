import fc from 'fast-check';

const atom = fc.constantFrom(
  'a',
  'B',
  'é',
  '😀',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '\\D',
  '\\W',
  '\\S',
  '[ab]',
  '[^ab]',
  '[a-f0-9_]',
  '[\\d-]',
  '\\.',
  '[^\\s]',
  '-',
  '\\n',
  '[À-ÿ]',
  '^',
  '$',
);
const counts = fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '{0}', '{0,1}');

/** Patterns of the portable subset, as text. */
export const randomPattern: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atom,
    fc
      .tuple(
        atom.filter((one) => one !== '^' && one !== '$'),
        counts,
      )
      .map(([part, count]) => `${part}${count}`),
    fc.tuple(tie('node'), counts).map(([part, count]) => `(${part})${count}`),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((parts) => `(?:${parts.join('|')})`),
  ),
})).node;

/** Values that such patterns often match. */
export const randomValue: fc.Arbitrary<string> = fc
  .array(fc.constantFrom('a', 'A', 'b', 'B', 'f', '0', '9', '_', '-', '.', ' ', '\n', 'é', 'É', '😀', 'ß'), {
    maxLength: 7,
  })
  .map((parts) => parts.join(''));
