import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { spec } from '../../../functions/sweep-sync/spec.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import { buildDeps } from '../../../shared/runtime/build-deps.ts';
import type { Providers } from '../../../shared/runtime/deps.ts';

const ambient = { clock: systemClock, logger: silentLogger };
type SpecProviders = Providers<typeof spec>;

function counting() {
  const built: string[] = [];
  const provider = (name: string, config: z.ZodObject) => ({
    config,
    build: (value: unknown) => {
      built.push(`${name} ${JSON.stringify(value)}`);
      return { name };
    },
  });
  const providers = {
    syncState: provider('syncState', z.object({ DATABASE_URL: z.string() })),
    graphChanges: provider(
      'graphChanges',
      z.object({ QUEUE_URL: z.url(), LIMIT: z.coerce.number().default(7) }),
    ),
    unused: provider('unused', z.object({ NOWHERE: z.string() })),
  };
  return { built, providers: providers as unknown as SpecProviders };
}

describe('the ports of a spec', () => {
  it('are built from their own pieces of one environment, and no others are', () => {
    const { built, providers } = counting();
    const env = { DATABASE_URL: 'postgres://db', QUEUE_URL: 'http://127.0.0.1/q', OTHER: 'x' };
    const deps = buildDeps(spec, providers, env, ambient);
    expect(built).toEqual([
      'syncState {"DATABASE_URL":"postgres://db"}',
      'graphChanges {"QUEUE_URL":"http://127.0.0.1/q","LIMIT":7}',
    ]);
    expect(Object.keys(deps)).toEqual(['syncState', 'graphChanges', 'clock', 'logger']);
  });

  it('are not built at all when anything is missing, and everything missing is named', () => {
    const { built, providers } = counting();
    const build = () => buildDeps(spec, providers, { QUEUE_URL: 'hunter2' }, ambient);
    expect(build).toThrow(
      'The configuration of sweep-sync is not complete: DATABASE_URL is missing; QUEUE_URL is not valid (invalid_format)',
    );
    expect(built).toEqual([]);
  });
});
