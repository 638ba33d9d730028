import type { Candidate } from './ports.ts';
import { type Blend, type FusionWeights, recencyHalfLifeDays } from './weights.ts';

/** One component of a score: what was found, the same on the scale of the query's best, and what it added. */
export interface Component {
  value: number;
  normalized: number;
  weight: number;
  contribution: number;
}
type Arm = keyof FusionWeights;
export type Components = Record<Arm, Component> & Record<keyof Blend, Component>;

export interface Ranked {
  candidate: Candidate;
  /**
   * 0 to 1: what the arms contributed, divided by the most that those which found anything could; bounded by the
   * cosine where the vector alone found anything.
   */
  relevance: number;
  /** 0 to 1, halved every `recencyHalfLifeDays`. */
  recency: number;
  /** 0 to 1: relevance, importance and recency, divided by the sum of their weights. */
  score: number;
  components: Components;
}

export interface FusionOptions {
  weights: FusionWeights;
  blend: Blend;
  /** The one author whom the query names, in lower case. */
  author?: string;
  now: Date;
}

const dayMs = 86_400_000;

/** Exponential decay of the time since it happened; what lies in the future is as recent as can be. */
export function recencyOf(occurredAt: string, now: Date): number {
  const days = Math.max(0, now.getTime() - Date.parse(occurredAt)) / dayMs;
  return 0.5 ** (days / recencyHalfLifeDays);
}

/** The largest of them; 1 where that is nothing to divide by. */
const scaleOf = (values: number[]): number => {
  const largest = values.reduce((max, value) => Math.max(max, value), 0);
  return largest > 0 ? largest : 1;
};

const component = (value: number, scale: number, weight: number): Component => ({
  value,
  normalized: value / scale,
  weight,
  contribution: (weight * value) / scale,
});

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
const unit = (value: number): number => Math.min(1, Math.max(0, value));

/**
 * How far the best candidate may be believed to answer at all, 0 to 1. Dividing by the maximum makes the best of
 * nothing a 1; where no word, relation or author speaks, the nearest vector is worth its own cosine and no more.
 */
function certaintyOf(considered: readonly Candidate[], author: string | undefined): number {
  const said = ({ own, previous, episode, graph }: Candidate) => own + previous + episode + graph > 0;
  if (author !== undefined || considered.some(said)) return 1;
  return unit(considered.reduce((nearest, { cosine = 0 }) => Math.max(nearest, cosine), 0));
}

/**
 * Ranks candidates by a weighted sum of the evidence, each kind divided by its largest value among them, so that a
 * strong hit of one arm alone can win. Those with no evidence at all are left out. Equal scores: older first.
 */
export function fuse(candidates: readonly Candidate[], options: FusionOptions): Ranked[] {
  const { weights, blend, author, now } = options;
  const byAuthor = (candidate: Candidate) =>
    author !== undefined && candidate.author?.toLowerCase() === author ? 1 : 0;
  const considered = candidates.filter(
    (candidate) =>
      candidate.cosine !== undefined ||
      byAuthor(candidate) === 1 ||
      candidate.own + candidate.previous + candidate.episode + candidate.graph > 0,
  );

  const length = (candidate: Candidate) => Math.log1p(candidate.words);
  // the turn before is on the scale of the turns themselves: a neighbour's hit is not worth more than a hit
  const own = scaleOf(considered.map((candidate) => candidate.own));
  const episode = scaleOf(considered.map((candidate) => candidate.episode));
  const vector = scaleOf(considered.map((candidate) => candidate.cosine ?? 0));
  const arms = considered.map((candidate) => ({
    own: component(candidate.own, own, weights.own),
    previous: component(candidate.previous, own, weights.previous),
    episode: component(candidate.episode, episode, weights.episode),
    author: component(byAuthor(candidate), 1, weights.author),
    vector: component(candidate.cosine ?? 0, vector, weights.vector),
    length: component(length(candidate), 1, weights.length),
    graph: component(candidate.graph, 1, weights.graph),
  }));

  const most = sum(
    (Object.keys(weights) as Arm[]).map((arm) => {
      const found = arms.some((evidence) => evidence[arm].value > 0);
      if (!found) return 0;
      return weights[arm] * (arm === 'length' ? scaleOf(considered.map(length)) : 1);
    }),
  );
  const blendSum = sum(Object.values(blend));
  const certainty = certaintyOf(considered, author);

  return considered
    .map((candidate, index): Ranked & { order: number } => {
      const evidence = arms[index] as (typeof arms)[number];
      const found = sum(Object.values(evidence).map((arm) => arm.contribution)) / (most || 1);
      // evidence against stays as it is: below 0 there is an order too
      const fused = found > 0 ? found * certainty : found;
      const recency = recencyOf(candidate.occurredAt, now);
      const blended = {
        similarity: component(fused, 1, blend.similarity / blendSum),
        importance: component(candidate.importance, 1, blend.importance / blendSum),
        recency: component(recency, 1, blend.recency / blendSum),
      };
      const order = sum(Object.values(blended).map((part) => part.contribution));
      return {
        candidate,
        relevance: unit(fused),
        recency,
        score: unit(order),
        components: { ...evidence, ...blended },
        // cut off at 0 only in what is answered: far below the rest still has an order
        order,
      };
    })
    .sort(
      (a, b) =>
        b.order - a.order ||
        a.candidate.occurredAt.localeCompare(b.candidate.occurredAt) ||
        a.candidate.id.localeCompare(b.candidate.id),
    )
    .map(({ order: _, ...ranked }) => ranked);
}
