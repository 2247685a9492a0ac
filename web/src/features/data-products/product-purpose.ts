/** The first paragraph without its marks of emphasis: what a row has room for. */
export function purposeOf(description: string | null | undefined): string | undefined {
  const first = description
    ?.split(/\n\s*\n/)[0]
    ?.replace(/[*_`#>]/g, '')
    .trim();
  return first === '' ? undefined : first;
}
