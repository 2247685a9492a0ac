const dayMilliseconds = 86_400_000;

/** All days from one to the other, both included, as `YYYY-MM-DD`. */
export function daysBetween(from: string, to: string): readonly string[] {
  const first = Date.parse(`${from}T00:00:00Z`);
  const count = Math.round((Date.parse(`${to}T00:00:00Z`) - first) / dayMilliseconds) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) =>
    new Date(first + at * dayMilliseconds).toISOString().slice(0, 10),
  );
}
