/** The value below which a share of the samples lies, by nearest rank; NaN of none. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle sample, or the mean of the two in the middle; NaN of none. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const upper = sorted.length >> 1;
  const high = sorted[upper] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[upper - 1] ?? Number.NaN)) / 2;
}

/** A figure that was taken several times: its middle and how far it went to either side. */
export interface Spread {
  median: number;
  lowest: number;
  highest: number;
}

export const spreadOf = (samples: readonly number[]): Spread => ({
  median: median(samples),
  lowest: Math.min(...samples),
  highest: Math.max(...samples),
});
