import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cypherGraph } from '../../shared/adapters/graph/cypher-graph.ts';
import { grafeoRunner } from '../../shared/adapters/graph/grafeo-runner.ts';
import type { CypherRunner } from '../../shared/adapters/graph/runner.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { describeGraph } from '../conformance/graph.ts';
import { cypherContents, type GraphUnderTest } from '../conformance/graph-contents.ts';
import { describeRunner } from '../conformance/graph-runner.ts';
import { state } from '../conformance/graph-states.ts';

const over = (runner: CypherRunner): GraphUnderTest => ({
  graph: cypherGraph(runner, silentLogger),
  contents: (tenants) => cypherContents(runner, tenants),
  close: () => runner.close(),
});

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-graph-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describeGraph('Grafeo in memory', async () => over(grafeoRunner({})), { histories: 60 });
describeGraph('Grafeo on disk', async () => over(grafeoRunner({ path: join(directory, 'conformance') })), {
  histories: 20,
});
describeRunner('Grafeo', async () => grafeoRunner({}));

describe('Grafeo on disk, reopened', () => {
  it('has everything again, and goes on with the guards', async () => {
    const path = join(directory, 'reopened');
    const before = over(grafeoRunner({ path }));
    await before.graph.apply([
      state('t', 'a', 2, { entities: [['ada']], outgoing: [['b']] }),
      state('t', 'b', 1),
    ]);
    const contents = await before.contents(['t']);
    await before.close();

    const after = over(grafeoRunner({ path }));
    expect(await after.contents(['t'])).toEqual(contents);
    await after.graph.apply([state('t', 'a', 1)]);
    await after.graph.apply([state('t', 'a', 2, { entities: [['ada']], outgoing: [['b']] })]);
    expect(await after.contents(['t'])).toEqual(contents);
    await after.close();
  });

  it('opens again after a close', async () => {
    const runner = grafeoRunner({ path: join(directory, 'closed') });
    const { graph } = over(runner);
    await graph.apply([state('t', 'a', 1)]);
    await runner.close();
    expect(await graph.count('t')).toBe(1);
    await runner.close();
    await runner.close();
  });

  it('says that a file is held by someone else, as an error that may pass', async () => {
    const path = join(directory, 'held');
    const holder = grafeoRunner({ path });
    await holder.ensureSchema();
    const other = over(grafeoRunner({ path }));
    await expect(other.graph.count('t')).rejects.toMatchObject({
      code: 'graph_unavailable',
      retryable: true,
    });
    expect(await other.graph.ping()).toBe(false);
    await holder.close();
    expect(await other.graph.ping()).toBe(true);
    await other.close();
  });
});
