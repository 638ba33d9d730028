import { describe, expect, it } from 'vitest';
import { externalDatabase } from '../../infra/constructs/external-database.ts';
import { parseSettings } from '../../infra/settings.ts';
import { propertiesOf, resourcesOf, stages } from './stage.ts';

interface Lambda {
  Handler: string;
  Environment?: { Variables: Record<string, unknown> };
}
interface TargetGroup {
  ConnectionPoolConfigurationInfo: { InitQuery: string };
}

/** Variables of the functions that use the database. */
const users = (settings: Parameters<typeof resourcesOf>[0]) =>
  propertiesOf<Lambda>(resourcesOf(settings), 'AWS::Lambda::Function')
    .map(({ Environment }) => Environment?.Variables ?? {})
    .filter((variables) => 'DATABASE_SECRET_ARN' in variables);

describe('the proxy of the database', () => {
  it('sets the limits of a connection, because it refuses whoever sets them', () => {
    const functions = users(stages.prod);
    expect(functions.length).toBeGreaterThan(0);
    const limits = new Set(functions.map((variables) => variables.DATABASE_STATEMENT_TIMEOUT_MS));
    expect(limits.size).toBe(1);
    const [limit] = limits;
    expect(limit).toMatch(/^\d+$/);
    for (const { DATABASE_ACCESS } of functions) expect(DATABASE_ACCESS).toBe('pooled');
    const groups = propertiesOf<TargetGroup>(resourcesOf(stages.prod), 'AWS::RDS::DBProxyTargetGroup');
    expect(
      groups.map(({ ConnectionPoolConfigurationInfo }) =>
        ConnectionPoolConfigurationInfo.InitQuery.split('; '),
      ),
    ).toEqual([[`SET statement_timeout = ${limit}`, `SET idle_in_transaction_session_timeout = ${limit}`]]);
  });

  it('is not there in dev, whose functions set them', () => {
    expect(propertiesOf(resourcesOf(stages.dev), 'AWS::RDS::DBProxy')).toEqual([]);
    for (const variables of users(stages.dev)) expect(variables).not.toHaveProperty('DATABASE_ACCESS');
  });
});

it.each(Object.entries(stages))('the database of %s may have a certificate of RDS', (_, settings) => {
  for (const variables of users(settings)) {
    expect(variables).toHaveProperty('NODE_EXTRA_CA_CERTS', '/var/runtime/ca-cert.pem');
  }
});

describe('a database of your own', () => {
  const environmentWith = (setRole: boolean | undefined) => {
    const { database } = parseSettings({
      ...stages.emulated,
      database: {
        kind: 'external',
        secretName: 's',
        ownerSecretName: 'o',
        ...(setRole !== undefined && { setRole }),
      },
    });
    if (database.kind !== 'external') throw new Error('It was given as external.');
    return externalDatabase(database, (name) => ({ arn: name, keyArn: undefined })).environment;
  };

  it('is told which role and which limits a connection has', () => {
    expect(environmentWith(undefined)).toMatchObject({ DATABASE_ROLE: 'strata_app' });
    expect(environmentWith(undefined)).not.toHaveProperty('DATABASE_ACCESS');
  });

  it('is told neither through a pooler that refuses both', () => {
    expect(environmentWith(false)).toMatchObject({ DATABASE_ACCESS: 'pooled' });
    expect(environmentWith(false)).not.toHaveProperty('DATABASE_ROLE');
  });
});
