/** The zones that this browser knows, and those that are set although it does not. */
export function timeZonesWith(...also: readonly (string | null | undefined)[]): readonly string[] {
  const known = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);
  for (const zone of also) if (zone !== null && zone !== undefined) known.add(zone);
  return [...known].sort();
}
