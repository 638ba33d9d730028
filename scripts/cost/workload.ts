import { parseArgs } from 'node:util';
import * as z from 'zod';
import { stageNames } from '../../infra/stages/index.ts';

const count = z.coerce.number().int().nonnegative().max(1e15);
const schema = z.strictObject({
  tenants: count.min(1),
  memories: count,
  'writes-per-day': count,
  'recalls-per-day': count.optional(),
  stage: z.enum(stageNames).default('prod'),
});

/** What the service is asked to carry. */
export interface Workload {
  readonly tenants: number;
  /** Of all tenants together. */
  readonly memories: number;
  readonly writesPerDay: number;
  readonly recallsPerDay: number;
  readonly stage: string;
}

const usage =
  'npm run cost -- --tenants N --memories N --writes-per-day N [--recalls-per-day N] [--stage NAME]';

/**
 * Recalls default to as many as writes.
 *
 * @throws Error with one line that says what is wrong and how it is called
 */
export function parseWorkload(args: string[]): Workload {
  const parsed = schema.safeParse(valuesOf(args));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`--${issue?.path.join('.')}: ${issue?.message}. ${usage}`);
  }
  const { tenants, memories, stage, ...daily } = parsed.data;
  const writesPerDay = daily['writes-per-day'];
  return { tenants, memories, writesPerDay, recallsPerDay: daily['recalls-per-day'] ?? writesPerDay, stage };
}

function valuesOf(args: string[]): Record<string, unknown> {
  const names = Object.keys(schema.shape);
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    // spread, because its object has no prototype; blanks would count as nought
    const { values } = parseArgs({ args, options });
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, value?.trim() || Number.NaN]),
    );
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new Error(`${message} ${usage}`, { cause });
  }
}
