/** Where a segment of a dot path ends. A dot inside a segment is written `\.`. */
const segmentEnds = (path: string): number[] => {
  const ends: number[] = [];
  for (let at = 0; at < path.length; at += 1) {
    if (path[at] === '\\') at += 1;
    else if (path[at] === '.') ends.push(at);
  }
  return ends;
};

/** The path and everything above it, the whole last: `A`, `A.B`, `A.B.C`. Holding one of them is holding the path. */
export const pathAndAbove = (path: string): readonly string[] => [
  ...segmentEnds(path).map((end) => path.slice(0, end)),
  path,
];

/** Whether `path` is `over` or below it, by whole segments (governance.md 9). */
export const isAtOrBelow = (path: string, over: string): boolean => path === over || path.startsWith(`${over}.`);

/** Text from outside as a part of one segment: it can add no segment. */
export const asSegmentText = (text: string): string => text.replaceAll('.', '\\.');
