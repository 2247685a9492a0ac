import { canonicalTagName, faultOfTagName } from './tag-path.ts';

/**
 * Tags read from comments of a platform stand below this one: whoever may write a comment there puts nothing on that a
 * policy of governors goes by, unless they choose to.
 */
export const platformRoot = 'Platform';

/** So many tags are read from one comment. */
const mostPerComment = 20;

const mark = /\[tag:([^[\]]{1,200})\]/giu;

/**
 * The names of the tags that a comment writes as `[tag:PII.Email]`, below `Platform`, each once. What cannot be a name is
 * passed over: comments are other people's text.
 */
export const tagsInComment = (comment: string): readonly string[] => {
  const names = [...comment.matchAll(mark)].map(([, path = '']) => canonicalTagName(`${platformRoot}.${path.trim()}`));
  return [...new Set(names.filter((name) => faultOfTagName(name) === null))].slice(0, mostPerComment);
};
