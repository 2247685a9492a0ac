import { describe, expect, it } from 'vitest';
import { callsFor, catalogs, templateOf } from './catalog-calls.ts';

const link = "https://stoa.example/request?fullyQualifiedName=a.%22B'c%22";
const object = { path: ['a', "B'c"], kind: 'schema', link };

describe('the calls for a catalog', () => {
  it('carry the link as it is, and no name can end the word it stands in', () => {
    for (const catalog of catalogs.filter((one) => one !== 'any')) {
      const text = callsFor(catalog, object).join('\n');
      expect(text.replaceAll(`'\\''`, "'")).toContain(link);
      // What is left outside of quoted words holds nothing of the names.
      if (catalog !== 'snowflake') expect(text.replaceAll(/'(?:[^']|'\\'')*'/g, '')).not.toContain("B'c");
    }
    expect(callsFor('any', object)).toEqual([]);
  });

  it('name the securable of each level', () => {
    expect(callsFor('databricks', object).join('')).toContain('"type": "SCHEMA"');
    expect(callsFor('databricks', { ...object, kind: 'view' }).join('')).toContain('"type": "TABLE"');
  });

  it('go with a template that has places for the names', () => {
    expect(templateOf('https://stoa.example', 'PostgreSQL', 'db.example')).toBe(
      'https://stoa.example/request?fullyQualifiedName={database}.{schema}.{table}&technology=PostgreSQL&host=db.example',
    );
  });
});
