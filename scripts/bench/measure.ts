import { percentile, type Spread, spreadOf } from './statistics.ts';

/** One of several ways to do the same work. */
export interface Contender {
  name: string;
  /** Does the work of one iteration; what it needs is prepared before, outside of the clock. */
  run(iteration: number): Promise<unknown>;
}

/** Milliseconds of every iteration, by round. */
export interface Samples {
  name: string;
  rounds: number[][];
}

export interface Measured {
  name: string;
  /** Of the rounds' percentiles. Milliseconds. */
  p50: Spread;
  p99: Spread;
  /** Against the baseline of the same round, so that a slow minute of the machine cancels out. */
  ratio: { p50: Spread; p99: Spread };
}

export interface Plan {
  rounds: number;
  iterations: number;
  /** Iterations before the first round, not measured: connections, caches, compilation. */
  warmUp: number;
}

/**
 * Runs all contenders in turns, iteration by iteration (ABAB…), because the machine is shared and the tables
 * grow: what disturbs one disturbs all. Iterations are numbered through from 0.
 */
export async function interleaved(contenders: readonly Contender[], plan: Plan): Promise<Samples[]> {
  const samples = contenders.map(({ name }): Samples => ({ name, rounds: [] }));
  for (let warm = 0; warm < plan.warmUp; warm += 1) {
    for (const contender of contenders) await contender.run(warm);
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const each of samples) each.rounds.push([]);
    for (let n = 0; n < plan.iterations; n += 1) {
      const iteration = plan.warmUp + round * plan.iterations + n;
      for (const [index, contender] of contenders.entries()) {
        const started = performance.now();
        await contender.run(iteration);
        samples[index]?.rounds[round]?.push(performance.now() - started);
      }
    }
  }
  return samples;
}

/** How many iterations a plan runs of each contender, so that their input can be prepared. */
export const iterationsOf = (plan: Plan): number => plan.warmUp + plan.rounds * plan.iterations;

/** Percentiles of each contender and their ratios to the baseline's. @throws Error when there is no such baseline */
export function compared(samples: readonly Samples[], baseline: string): Measured[] {
  const base = samples.find(({ name }) => name === baseline);
  if (base === undefined) throw new Error(`nothing was measured as ${baseline}`);
  const byRound = (each: Samples, share: number) => each.rounds.map((round) => percentile(round, share));
  const ratios = (each: Samples, share: number) => {
    const divisors = byRound(base, share);
    return spreadOf(byRound(each, share).map((value, round) => value / (divisors[round] ?? Number.NaN)));
  };
  return samples.map((each) => ({
    name: each.name,
    p50: spreadOf(byRound(each, 0.5)),
    p99: spreadOf(byRound(each, 0.99)),
    ratio: { p50: ratios(each, 0.5), p99: ratios(each, 0.99) },
  }));
}
