import { describe, expect, it } from 'vitest';
import { functionSpecs } from '../../functions/index.ts';
import { provisionOf } from '../../infra/capabilities.ts';
import type { Resources } from '../../infra/resources.ts';
import { parseSettings } from '../../infra/settings.ts';
import { capabilities } from '../../shared/contracts/capabilities.ts';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import { propertiesOf, resourcesOf, stageOf, stages } from './stage.ts';

const specs: readonly FunctionSpec[] = functionSpecs;
type Statements = { Action: string | string[]; Resource: unknown; Effect: string }[];
interface Policy {
  PolicyDocument: { Statement: Statements };
  Roles: { Ref: string }[];
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
const stage = stageOf(stages.prod);
const resources = resourcesOf(stages.prod);

/** Actions that the role of a function has, beyond what every function needs to run here. */
function actionsOf(name: string): string[] {
  const role = `${name.replaceAll('-', '')}Role`;
  const all = propertiesOf<Policy>(resources, 'AWS::IAM::Policy')
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref.startsWith(role)))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => list(Action)));
  return [...new Set(all)].filter((action) => !/^(logs|xray|ec2):/.test(action)).sort();
}

/** What a trigger needs beside the capabilities. */
function forTrigger({ trigger }: FunctionSpec): string[] {
  switch (trigger.kind) {
    case 'queue':
      return [
        'kms:Decrypt',
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
      ];
    case 'bus':
    case 'schedule':
      return ['kms:Decrypt', 'kms:GenerateDataKey', 'sqs:SendMessage'];
    default:
      return [];
  }
}

const provided: Resources = {
  ...stage.data.resources,
  issuer: { url: 'https://i', audience: 'a', keyArn: 'k' },
  sockets: { endpoint: 'https://s', connectionsArn: 'c' },
};

describe('a function may do', () => {
  it.each(specs.map((spec) => [spec.name, spec] as const))('%s: what its capabilities name', (name, spec) => {
    const wanted = provisionOf(spec.uses, provided).grants.flatMap(({ actions }) => actions);
    expect(actionsOf(name)).toEqual([...new Set([...wanted, ...forTrigger(spec)])].sort());
  });

  it('with a role that no other function has', () => {
    const functions = propertiesOf<{ Role: unknown; Handler: string }>(
      resources,
      'AWS::Lambda::Function',
    ).filter(({ Handler }) => Handler === 'main.handler');
    expect(functions).toHaveLength(specs.length);
    expect(new Set(functions.map(({ Role }) => JSON.stringify(Role))).size).toBe(specs.length);
  });

  it('with secrets by their address alone', () => {
    const functions = propertiesOf<{ Environment?: { Variables: Record<string, unknown> } }>(
      resources,
      'AWS::Lambda::Function',
    );
    const names = functions.flatMap(({ Environment }) => Object.keys(Environment?.Variables ?? {}));
    expect(names.filter((name) => /PASSWORD|_KEY$|API_KEY$|DATABASE_URL/.test(name))).toEqual([]);
    expect(JSON.stringify(resources)).not.toContain('{{resolve:secretsmanager:arn');
  });
});

describe('a secret that is only named', () => {
  const statementsOf = (settings: Parameters<typeof resourcesOf>[0]) =>
    propertiesOf<Policy>(resourcesOf(settings), 'AWS::IAM::Policy')
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Action }) => list(Action).includes('secretsmanager:GetSecretValue'));
  const named = (resource: unknown): string[] =>
    JSON.stringify(resource ?? {}).match(/:secret:strata\/[\w/-]+(\?{6})?/g) ?? [];

  it.each([
    ['prod', ['graph']],
    ['emulated', ['database', 'database-owner', 'graph']],
  ] as const)('%s: is granted with the six characters that Secrets Manager adds', (name, secrets) => {
    const granted = statementsOf(stages[name]).flatMap(({ Resource }) => list(Resource).flatMap(named));
    expect([...new Set(granted)].sort()).toEqual(
      secrets.map((secret) => `:secret:strata/${name}/${secret}-??????`),
    );
  });

  it('is asked for without them', () => {
    const variables = propertiesOf<{ Environment?: object }>(
      resourcesOf(stages.emulated),
      'AWS::Lambda::Function',
    ).flatMap(({ Environment }) => named(Environment));
    expect(variables).toContain(':secret:strata/emulated/graph');
    expect(variables.filter((arn) => arn.includes('?'))).toEqual([]);
  });
});

describe('no stage', () => {
  it.each(Object.entries(stages))('%s: allows every action of a service, or of all', (_, settings) => {
    const all = resourcesOf(settings);
    const documents = [
      'AWS::IAM::Policy',
      'AWS::IAM::ManagedPolicy',
      'AWS::SQS::QueuePolicy',
      'AWS::S3::BucketPolicy',
    ];
    for (const type of documents) {
      for (const { PolicyDocument } of propertiesOf<Policy>(all, type)) {
        const allowed = PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow');
        expect(
          allowed.flatMap(({ Action }) => list(Action)).filter((action) => /^(\*|[\w-]+:\*)$/.test(action)),
        ).toEqual([]);
      }
    }
  });
});

describe('the archive', () => {
  it('is read by who reads, written by who writes, and listed by nobody', () => {
    const actionsOf = (...names: (typeof capabilities)[number][]) =>
      provisionOf(names, provided)
        .grants.flatMap(({ actions }) => actions)
        .filter((action) => action.startsWith('s3:'));
    expect(actionsOf('memoryArchive')).toEqual(['s3:GetObject', 's3:RestoreObject']);
    expect(actionsOf('archivePacks')).toEqual(['s3:GetObject', 's3:PutObject', 's3:DeleteObject']);
    const [objects] = provisionOf(['archivePacks'], provided).grants;
    expect(stage.data.resolve(objects?.resources)).toEqual([
      {
        'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^BucketsArchive/), 'Arn'] }, '/archive/*']],
      },
    ]);
  });

  it('gets what is unused for as long as the stage says', () => {
    const chosen = {
      afterDays: 30,
      keepImportance: 0.5,
      minPackMemories: 100,
      waitDays: 7,
      compactBelow: 0.5,
    };
    const archive = { ...stages.emulated.archive, ...chosen };
    const { data } = stageOf({ ...stages.emulated, archive });
    const moves = { ARCHIVE_INSTANT_RETRIEVAL_AFTER_DAYS: '30', ARCHIVE_DEEP_ARCHIVE_AFTER_DAYS: '180' };
    const resources = { ...data.resources, issuer: provided.issuer, sockets: provided.sockets };
    expect(provisionOf(['archivePolicy'], resources).environment).toEqual({
      ARCHIVE_AFTER_DAYS: '30',
      ARCHIVE_KEEP_IMPORTANCE: '0.5',
      ARCHIVE_MIN_PACK_MEMORIES: '100',
      ARCHIVE_WAIT_DAYS: '7',
      ARCHIVE_COMPACT_BELOW: '0.5',
      ...moves,
    });
    expect(provisionOf(['archivePolicy'], provided).environment).toEqual({
      ARCHIVE_AFTER_DAYS: '90',
      ARCHIVE_KEEP_IMPORTANCE: '0.8',
      ARCHIVE_MIN_PACK_MEMORIES: '500',
      ARCHIVE_WAIT_DAYS: '30',
      ARCHIVE_COMPACT_BELOW: '0.25',
      ...moves,
    });
  });
});

describe('models', () => {
  const [resource] = ['arn:model'];
  const with_ = (models: object): Resources => ({
    ...provided,
    models: parseSettings({ ...stages.emulated, models }).models,
    modelNamed: () => resource ?? '',
    secretNamed: (name) => ({
      arn: `arn:secret:${name}`,
      grantedArn: `arn:secret:${name}-??????`,
      keyArn: undefined,
    }),
  });

  it('of Bedrock are granted by name', () => {
    const embedder = { kind: 'bedrock', model: 'amazon.titan-embed-text-v2:0', dimension: 512 };
    expect(provisionOf(['embedder'], with_({ embedder }))).toEqual({
      environment: {
        EMBEDDER: 'bedrock',
        BEDROCK_EMBEDDING_MODEL: 'amazon.titan-embed-text-v2:0',
        BEDROCK_EMBEDDING_DIMENSION: '512',
      },
      grants: [{ actions: ['bedrock:InvokeModel'], resources: ['arn:model'] }],
      accepted: {},
    });
  });

  it("of OpenAI bring the server and its key's secret", () => {
    const openAi = { baseUrl: 'https://models.example.com/v1', secretName: 'models' };
    const extractor = { kind: 'openai', model: 'small' };
    expect(provisionOf(['entityExtractor'], with_({ openAi, extractor }))).toEqual({
      environment: {
        ENTITY_EXTRACTOR: 'openai',
        OPENAI_BASE_URL: openAi.baseUrl,
        OPENAI_API_KEY_SECRET_ARN: 'arn:secret:models',
        OPENAI_EXTRACTION_MODEL: 'small',
      },
      grants: [{ actions: ['secretsmanager:GetSecretValue'], resources: ['arn:secret:models-??????'] }],
      accepted: {},
    });
    expect(() => with_({ extractor })).toThrow(/openAi/);
  });

  it('of our own need nothing', () => {
    expect(provisionOf(['embedder', 'entityExtractor'], provided).grants).toEqual([]);
  });
});

it('every capability is provided', () => {
  for (const capability of capabilities) {
    expect(provisionOf([capability], provided).environment).toBeDefined();
  }
});
