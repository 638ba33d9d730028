import { describe, expect, it } from 'vitest';
import { handler as migrate } from '../../../functions/migrate/handler.ts';
import { spec } from '../../../functions/migrate/spec.ts';
import type { PendingMigration } from '../../../shared/deployment/ports.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import { deploymentFunction } from '../../../shared/runtime/deployment-function.ts';

const adding = { name: '0010_add', sql: '-- Up Migration\ncreate table a (b int);' };
const taking = { name: '0011_take', sql: '-- Up Migration\ndrop table a;' };

/** The function as CloudFormation calls it, over stores that write down what is done to them. */
function deployed(migrations: PendingMigration[], { fresh = false } = {}) {
  const done: string[] = [];
  const note = async (what: string) => void done.push(what);
  const provider = <T>(port: T) => ({
    config: { safeParse: () => ({ success: true, data: {} }) } as never,
    build: () => port,
  });
  const run = deploymentFunction(
    spec,
    migrate,
    {
      databaseSchema: provider({
        pending: async () => ({ fresh, migrations }),
        migrate: async () => {
          await note('migrate');
          return migrations.map(({ name }) => name);
        },
        ensureLogin: () => note('login'),
      }),
      graphSchema: provider({ ensure: () => note('graph') }),
    },
    { env: {}, logger: silentLogger, meter: { emit: () => undefined }, clock: { now: () => new Date(0) } },
  );
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 };
  const call = (RequestType: 'Create' | 'Update' | 'Delete', properties: object = {}) =>
    run(
      { RequestType, ResourceProperties: { ServiceToken: 't', revision: '1', ...properties } } as never,
      context,
    );
  return { call, done };
}

describe('the deployment of a version', () => {
  it('migrates, makes the login, then the constraints of the graph', async () => {
    const { call, done } = deployed([adding]);
    expect(await call('Update')).toEqual({ PhysicalResourceId: 'migrate', Data: { migrations: 1 } });
    expect(done).toEqual(['migrate', 'login', 'graph']);
  });

  it('is refused before anything ran when a migration would destroy data', async () => {
    const { call, done } = deployed([adding, taking]);
    await expect(call('Update')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('0011_take: drop table a'),
    });
    await expect(call('Update', { allowDestructiveMigrations: 'false' })).rejects.toThrow(/0011_take/);
    expect(done).toEqual([]);
  });

  it('goes on when somebody asked for it, or where there is no data yet', async () => {
    const asked = deployed([taking]);
    await asked.call('Update', { allowDestructiveMigrations: 'true' });
    const fresh = deployed([adding, taking], { fresh: true });
    await fresh.call('Create');
    expect([asked.done, fresh.done].map((done) => done[0])).toEqual(['migrate', 'migrate']);
  });

  it('leaves everything when the stack goes, and keeps its id for ever', async () => {
    const { call, done } = deployed([taking]);
    expect(await call('Delete')).toEqual({ PhysicalResourceId: 'migrate' });
    expect(done).toEqual([]);
  });

  it.each([{ revision: '' }, { allowDestructiveMigrations: 'perhaps' }])('refuses %j', async (properties) => {
    await expect(deployed([]).call('Create', properties)).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });
});
