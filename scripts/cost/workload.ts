import { parseArgs } from 'node:util';
import * as z from 'zod';
import { stageNames } from '../../infra/stages/index.ts';
import { type Content, contents } from './row-bytes.ts';

const count = z.coerce.number().int().nonnegative().max(1e15);
const schema = z.strictObject({
  tenants: count.min(1),
  memories: count,
  'writes-per-day': count,
  'recalls-per-day': count.optional(),
  connections: count.optional(),
  'messages-per-day': count.default(0),
  content: z.enum(contents).default('short'),
  stage: z.enum(stageNames).default('prod'),
});

/** What the service is asked to carry. */
export interface Workload {
  readonly tenants: number;
  /** Of all tenants together. */
  readonly memories: number;
  readonly writesPerDay: number;
  readonly recallsPerDay: number;
  /** Clients of the WebSocket API at any time. Each hears what happens in its tenant. */
  readonly connections: number;
  /** From one client to the other clients of its tenant. */
  readonly messagesPerDay: number;
  readonly content: Content;
  readonly stage: string;
}

const usage = [
  'npm run cost -- --tenants N --memories N --writes-per-day N [--recalls-per-day N] [--connections N]',
  '[--messages-per-day N] [--content short|long] [--stage NAME]; npm run cost -- --prices',
].join(' ');

/**
 * Recalls default to as many as writes, connections to one for each tenant.
 *
 * @throws Error with one line that says what is wrong and how it is called
 */
export function parseWorkload(args: string[]): Workload {
  const parsed = schema.safeParse(valuesOf(args));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`--${issue?.path.join('.')}: ${issue?.message}. ${usage}`);
  }
  const { tenants, memories, content, stage, ...given } = parsed.data;
  const writesPerDay = given['writes-per-day'];
  return {
    tenants,
    memories,
    writesPerDay,
    recallsPerDay: given['recalls-per-day'] ?? writesPerDay,
    connections: given.connections ?? tenants,
    messagesPerDay: given['messages-per-day'],
    content,
    stage,
  };
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
