const extendFromDays = 7;
const dayMs = 86_400_000;

/** Is the end of an access near enough to offer its extension? */
export function isEndNear(end: string | null | undefined, now: number): boolean {
  if (end === null || end === undefined) return false;
  const left = new Date(end).getTime() - now;
  return left > 0 && left <= extendFromDays * dayMs;
}
