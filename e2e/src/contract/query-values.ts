type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const texts = ['', 'a', '%_\\', 'größe 製品', 'o\'neil "x"'];
const uuid = '0190a4f6-7b3c-7d41-9a2b-3c4d5e6f7a8b';

/** A schema's own values: every member of an enum, both ends of a range, texts that have broken things before. */
export function valuesOf(schema: Schema): readonly (readonly string[])[] {
  const alternatives = Array.isArray(schema['oneOf']) ? schema['oneOf'].filter(isSchema) : [];
  if (alternatives.length > 0) return alternatives.flatMap(valuesOf);
  const { type, items, minimum, maximum, format } = schema;
  const options = schema['enum'];
  if (Array.isArray(options)) return options.map((option) => [String(option)]);
  if (type === 'array' && isSchema(items)) {
    // An entry of a list is an id or a name; there is none without a letter.
    const each = valuesOf(items)
      .flat()
      .filter((one) => one !== '');
    return [...each.map((one) => [one]), each.slice(0, 3)];
  }
  if (type === 'boolean') return [['true'], ['false']];
  if (type === 'number' || type === 'integer') {
    const least = typeof minimum === 'number' ? minimum : 1;
    return [[String(least)], [String(typeof maximum === 'number' ? maximum : least + 50)]];
  }
  if (format === 'uuid') return [[uuid]];
  if (format === 'cuid') return [['c0123456789abcdefghijklmn']];
  return texts.map((text) => [text]);
}

/** Values that the schema forbids; none where every text is allowed. */
export function forbiddenValuesOf(schema: Schema): readonly string[] {
  if (Array.isArray(schema['oneOf'])) return [];
  const { type, minimum, maximum } = schema;
  if (Array.isArray(schema['enum']) || type === 'boolean') return ['of nothing'];
  if (type !== 'number' && type !== 'integer') return [];
  return [
    'many',
    ...(typeof minimum === 'number' ? [String(minimum - 1)] : []),
    ...(typeof maximum === 'number' ? [String(maximum + 1)] : []),
  ];
}
