/** A member of what came as JSON; undefined where there is none. */
const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const words = (value: unknown): string[] => (typeof value === 'string' ? [value] : []);

/** Every text that Slack would read as its markup, wherever it stands in a message. */
export function readMarkedTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(readMarkedTexts);
  if (typeof value !== 'object' || value === null) return [];
  // The text beside the blocks is read as markup as well: it is what a notification shows.
  const isRead = member(value, 'type') === 'mrkdwn' || member(value, 'blocks') !== undefined;
  const own = isRead ? words(member(value, 'text')) : [];
  return [...own, ...Object.values(value).flatMap(readMarkedTexts)];
}

/** Every text of a card, all of which Teams reads as Markdown. */
export function readCardTexts(value: unknown): string[] {
  const blocks = list(member(value, 'attachments')).flatMap((one) => list(member(member(one, 'content'), 'body')));
  return blocks.flatMap((one) => [
    ...words(member(one, 'text')),
    ...list(member(one, 'facts')).flatMap((fact) => [...words(member(fact, 'title')), ...words(member(fact, 'value'))]),
  ]);
}
