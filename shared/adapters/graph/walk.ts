import type { RelationshipType } from '../../contracts/memory/model.ts';
import type { RelatedHit } from '../../memory/recall/ports.ts';

export type WalkType = RelationshipType | 'MENTIONS';

/** One hop from a memory to another: along a relationship, or through an entity that both mention. */
export interface Hop {
  from: string;
  to: string;
  /** One entry for a relationship, in its own direction; two for an entity. */
  path: RelatedHit['path'];
}

/** All hops that lead away from these memories, to memories that can be read. */
export type Expand = (ids: string[]) => Promise<Hop[]>;

/** Memories from which the next level starts; the others of a level are answered but not walked on from. */
const frontierSize = 500;

/**
 * Breadth first, one call of `expand` a level. A memory is answered where it is nearest; of the ways of that
 * length by the one of the greatest product of weights. Nearer first, then heavier, then by id.
 */
export async function walk(
  start: string,
  { depth, limit }: { depth: number; limit: number },
  expand: Expand,
): Promise<RelatedHit[]> {
  const seen = new Set([start]);
  const hits: RelatedHit[] = [];
  let frontier = new Map<string, RelatedHit>([[start, { id: start, depth: 0, weight: 1, path: [] }]]);
  for (let level = 1; level <= depth && frontier.size > 0 && hits.length < limit; level += 1) {
    const best = new Map<string, RelatedHit>();
    for (const hop of await expand([...frontier.keys()])) {
      const before = frontier.get(hop.from);
      if (before === undefined || seen.has(hop.to)) continue;
      const hit = extend(before, hop, level);
      const known = best.get(hop.to);
      if (known === undefined || byStrength(hit, known) < 0) best.set(hop.to, hit);
    }
    const ranked = [...best.values()].sort(byStrength);
    for (const hit of ranked) seen.add(hit.id);
    hits.push(...ranked);
    frontier = new Map(ranked.slice(0, frontierSize).map((hit) => [hit.id, hit]));
  }
  return hits.slice(0, limit);
}

const extend = (before: RelatedHit, hop: Hop, depth: number): RelatedHit => ({
  id: hop.to,
  depth,
  weight: hop.path.reduce((product, { weight }) => product * weight, before.weight),
  path: [...before.path, ...hop.path],
});

/** The last comparison decides between equals alike in every engine. */
const byStrength = (a: RelatedHit, b: RelatedHit) =>
  b.weight - a.weight ||
  compare(a.id, b.id) ||
  a.path.length - b.path.length ||
  compare(JSON.stringify(a.path), JSON.stringify(b.path));

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
