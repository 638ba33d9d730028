/** A memory that mentions one of the entities asked for. */
export interface Mention {
  key: string;
  /** Memories that mention the entity. */
  degree: number;
  id: string;
  confidence: number;
}

/** Two memories that mention the same rare entity. */
export interface SharedMention extends Mention {
  seed: string;
  seedConfidence: number;
}

/** What scoring reads; both read within one tenant, and answer only memories that can be read. */
export interface EntityIndex {
  /** Rarest entities first, so that a bound on the rows costs the least telling ones. */
  mentions(keys: string[]): Promise<Mention[]>;
  /** Through entities of at most `rareDegree` memories, those asked for left out. */
  sharing(seeds: string[], except: string[]): Promise<SharedMention[]>;
}

/** An entity that more memories than this mention says little about any two of them. */
export const rareDegree = 10;
/** Memories from which the second step starts. */
const seedCount = 50;
/** A memory that only shares an entity with a hit counts for less than the hit. */
const damping = 0.3;

/** The logarithm keeps a common entity from vanishing beside a rare one. */
const rarity = (degree: number) => 1 / Math.log(2 + degree);

/**
 * Memories that mention the entities, by rarity and confidence summed over the entities; then those that share
 * rare entities with the best of these, each by its strongest link. The best has score 1.
 */
export async function recallByEntities(
  keys: string[],
  limit: number,
  index: EntityIndex,
): Promise<{ id: string; score: number }[]> {
  if (keys.length === 0) return [];
  const direct = new Map<string, number>();
  for (const { id, degree, confidence } of await index.mentions(keys)) {
    direct.set(id, (direct.get(id) ?? 0) + confidence * rarity(degree));
  }
  if (direct.size === 0) return [];

  const seeds = ranked(direct).slice(0, seedCount);
  const linked = new Map<string, number>();
  const shared = await index.sharing(
    seeds.map(([id]) => id),
    keys,
  );
  for (const { seed, id, degree, seedConfidence, confidence } of shared) {
    const score = damping * (direct.get(seed) ?? 0) * rarity(degree) * seedConfidence * confidence;
    linked.set(id, Math.max(linked.get(id) ?? 0, score));
  }

  const total = new Map(direct);
  for (const [id, score] of linked) total.set(id, (total.get(id) ?? 0) + score);
  const all = ranked(total);
  const best = all[0]?.[1] ?? 0;
  // without any confidence nothing was found
  return best > 0 ? all.slice(0, limit).map(([id, score]) => ({ id, score: score / best })) : [];
}

const ranked = (scores: ReadonlyMap<string, number>) =>
  [...scores].sort(([idA, a], [idB, b]) => b - a || (idA < idB ? -1 : 1));
