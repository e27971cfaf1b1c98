/** Middle of the values; the mean of the two middle ones when they are even in number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value under which the share `p` (0 to 1) of the values lies. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!;
}

/** Rise of the straight line that fits points best, by least squares; 0 for fewer than two. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const [meanX, meanY] = [0, 1].map((i) => points.reduce((sum, point) => sum + point[i]!, 0) / points.length) as [number, number];
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return points.length < 2 || spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}

/**
 * Two-sided Mann-Whitney U test by its normal approximation, corrected for ties: the probability that two samples of one
 * distribution differ in rank as much as these do. Fit for samples of twenty and more (Mann and Whitney 1947).
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): { readonly u: number; readonly z: number; readonly p: number } {
  const all = [...a.map((value) => ({ value, first: true })), ...b.map((value) => ({ value, first: false }))].sort((x, y) => x.value - y.value);
  const n = all.length;
  let [rankSum, ties] = [0, 0];
  for (let start = 0; start < n;) {
    let end = start;
    while (end < n && all[end]!.value === all[start]!.value) end += 1;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i += 1) if (all[i]!.first) rankSum += rank;
    const size = end - start;
    ties += size ** 3 - size;
    start = end;
  }
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const variance = ((a.length * b.length) / 12) * (n + 1 - ties / (n * (n - 1)));
  const z = variance === 0 ? 0 : (u - (a.length * b.length) / 2) / Math.sqrt(variance);
  return { u, z, p: 2 * (1 - normal(Math.abs(z))) };
}

/** Cumulative normal distribution, to 7.5e-8 (Abramowitz and Stegun 26.2.17). */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * x);
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) * tail;
}
