import { AppError } from '../../../kernel/app-error.ts';
import { callerSpace, type Vector } from '../../../memory/recall/ports.ts';
import type { TenantState } from '../store/state.ts';
import type { TurnLink } from './link-turns.ts';

/** How much of the turn before it is in a turn's vector. */
const previousShare = 0.4;

const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0) / (Math.hypot(...a) * Math.hypot(...b));

/**
 * The cosine of each memory of the space with a vector; undefined without one. A turn is compared with that of the
 * turn before it blended in, a vector that a caller brought as it is.
 * @throws AppError `dimension_mismatch`.
 */
export function cosines(
  { memories }: TenantState,
  links: ReadonlyMap<string, TurnLink>,
  { space, values }: Vector,
): (id: string) => number | undefined {
  const ownOf = (id: string | undefined) =>
    id === undefined ? undefined : (memories.get(id)?.vectors.get(space)?.own ?? undefined);
  const expected = [...memories.keys()].map((id) => ownOf(id)?.length).find((length) => length !== undefined);
  if (expected !== undefined && expected !== values.length) {
    throw new AppError(
      'dimension_mismatch',
      `The embedding has ${values.length} dimensions, the space ${space} has ${expected}.`,
      { details: { given: values.length, expected } },
    );
  }
  return (id) => {
    const own = ownOf(id);
    // a row of the space without a vector of its own borrows that of the turn before it
    if (!own && !memories.get(id)?.vectors.has(space)) return undefined;
    const previous = space === callerSpace ? undefined : ownOf(links.get(id)?.previousId);
    const vector =
      own && previous
        ? own.map((value, index) => value + previousShare * (previous[index] ?? 0))
        : (own ?? previous);
    return vector && cosine(vector, values);
  };
}
