import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CypherRunner, CypherStatement } from '../../shared/adapters/graph/runner.ts';

/** What the adapter of the graph expects of a store that speaks Cypher. */
export function describeRunner(name: string, open: () => Promise<CypherRunner>): void {
  describe(`${name} as a runner of Cypher`, () => {
    let runner: CypherRunner;
    beforeAll(async () => {
      runner = await open();
      await runner.ensureSchema();
    });
    afterAll(() => runner.close());

    const create = (tenantId: string, id: string): CypherStatement => ({
      text: 'CREATE (:Memory {tenantId: $tenantId, id: $id, version: 1})',
      parameters: { tenantId, id },
    });
    const countOf = async (tenantId: string) => {
      const text = 'MATCH (m:Memory {tenantId: $tenantId}) RETURN count(m) AS n';
      return (await runner.read<{ n: number }>({ text, parameters: { tenantId } }))[0]?.n;
    };

    it('has its schema, however often it is asked for', async () => {
      await runner.ensureSchema();
      expect(await runner.missingSchema()).toEqual([]);
    });

    it('takes back everything when a statement fails', async () => {
      const tenant = randomUUID();
      const broken = { text: 'MATCH (m:Memory) SET m.x = nonsense(m)', parameters: {} };
      await expect(runner.run([create(tenant, 'a'), broken, create(tenant, 'b')])).rejects.toMatchObject({
        name: 'AppError',
        code: 'graph_unavailable',
        retryable: false,
      });
      expect(await countOf(tenant)).toBe(0);
      await runner.run([create(tenant, 'a'), create(tenant, 'b')]);
      expect(await countOf(tenant)).toBe(2);
    });

    it('gives numbers back as they were, whole ones as integers', async () => {
      const parameters = {
        whole: 7,
        large: 4_294_967_295,
        half: 0.5,
        nothing: null,
        list: [1, 2.5],
        text: '7',
      };
      const text =
        'RETURN $whole / 2 AS quotient, $large AS large, $half AS half, $nothing AS nothing, $list AS list, $text AS text';
      expect(await runner.read({ text, parameters })).toEqual([
        { quotient: 3, large: 4_294_967_295, half: 0.5, nothing: null, list: [1, 2.5], text: '7' },
      ]);
    });
  });
}
