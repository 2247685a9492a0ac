import { expect, test } from 'vitest';
import { tagsInComment } from './comment-tags.ts';

test.each([
  ['Where to write to. [tag:PII.Email]', ['Platform.PII.Email']],
  ['[TAG: PII.Email ][tag:Region.EU] and [tag:PII.Email] again', ['Platform.PII.Email', 'Platform.Region.EU']],
  ['No tag: [tags:PII] (tag:PII) [tag:] tag:PII', []],
  ['[tag:a..b] [tag:.a] [tag:a.] [tag:b\\c] [tag:line\nbreak]', []],
  ['[tag:[nested]] [tag:x [tag:y]', ['Platform.y']],
  [String.raw`[tag:v1\.2.Final]`, [String.raw`Platform.v1\.2.Final`]],
])('in %j', (comment, names) => {
  expect(tagsInComment(comment)).toEqual(names);
});

test('a comment gives twenty tags at most', () => {
  const comment = Array.from({ length: 50 }, (_, n) => `[tag:t${n}]`).join(' ');
  expect(tagsInComment(comment)).toHaveLength(20);
});
