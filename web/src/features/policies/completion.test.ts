import { describe, expect, it } from 'vitest';
import { completionAt, withCompletion } from './completion.ts';

/** The caret stands at the bar. */
const at = (marked: string) => completionAt(marked.replace('|', ''), marked.indexOf('|'));
const taken = (marked: string, name: string): string => {
  const found = at(marked);
  if (found === undefined) return 'nothing';
  const { text, caret } = withCompletion(marked.replace('|', ''), found, name);
  return `${text.slice(0, caret)}|${text.slice(caret)}`;
};

describe('what can be completed', () => {
  it.each([
    ['@isI|', 'function', 'isI'],
    ["@isInGroups('An|", 'group', 'An'],
    ["@isInGroups('A', 'B|')", 'group', 'B'],
    ["@hasAttribute('cou|", 'attribute', 'cou'],
    ["@hasAttribute('country', 'D|')", 'value', 'D'],
    ["@hasTagAsGroup('|", 'tagsOf', ''],
    ["@columnTagged('PII|')", 'tag', 'PII'],
    ["NOT (@isInGroups('it''s|", 'group', "it's"],
  ])('%s', (marked, kind, typed) => {
    expect(at(marked)).toMatchObject({ kind, typed });
  });

  it('nothing after a closed string, in plain words, and in a value without its attribute', () => {
    expect(at("@isInGroups('A')|")).toBeUndefined();
    expect(at('AND|')).toBeUndefined();
  });

  it('a value knows its attribute', () => {
    expect(at("@hasAttribute('it''s', '|")?.attribute).toBe("it's");
  });
});

it('a name is taken over with its quotes, and the caret goes on behind it', () => {
  expect(taken('@isI|', 'isInGroups')).toBe("@isInGroups('|");
  expect(taken("@isInGroups('An|", "O'Neil")).toBe("@isInGroups('O''Neil'|");
  expect(taken("@isInGroups('An|x') OR", 'Analysts')).toBe("@isInGroups('Analysts|') OR");
});
