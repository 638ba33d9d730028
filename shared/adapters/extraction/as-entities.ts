import { limits } from '../../contracts/limits.ts';
import { normalizeEntity } from '../../memory/entities.ts';
import type { Entity } from '../../memory/model.ts';
import type { Mention } from './patterns.ts';

/**
 * One entity per name: the surest mention decides the type. Parts of a longer name of the same text are left out
 * ("Connor" beside "Sarah Connor").
 */
export function asEntities(mentions: readonly Mention[], source: string): Entity[] {
  const entities = new Map<string, Entity>();
  const surest = mentions.toSorted((a, b) => b.confidence - a.confidence);
  for (const { type, value, confidence } of surest) {
    const normalized = normalizeEntity(value);
    if (normalized === '' || value.length > limits.nameLength || entities.has(normalized)) continue;
    entities.set(normalized, { type, value, normalized, confidence, source });
  }
  const names = [...entities.keys()].map((name) => `_${name}_`);
  return [...entities.values()]
    .filter(({ type, normalized }) => {
      const isPart = (name: string) =>
        name.length > normalized.length + 2 && name.includes(`_${normalized}_`);
      return type !== 'topic' || !names.some(isPart);
    })
    .slice(0, limits.entities);
}
