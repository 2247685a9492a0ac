/** The quantile of about 80 % confidence on both sides that product.md 8.2 sets. */
const z = 1.28;

/**
 * The lower bound of the Wilson score interval of a share: what the share of all such requests is at least, as far as
 * `total` of them tell. Few requests mean a low bound.
 * @param part weighted requests that had the outcome, at most `total`
 * @param total weighted requests; 0 tells nothing, so that the bound is 0
 */
export function wilsonLowerBound(part: number, total: number): number {
  if (total <= 0) return 0;
  const share = part / total;
  const spread = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const bound = (share + (z * z) / (2 * total) - spread) / (1 + (z * z) / total);
  return Math.min(1, Math.max(0, bound));
}
