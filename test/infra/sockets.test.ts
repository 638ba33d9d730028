import { describe, expect, it } from 'vitest';
import { functionSpecs } from '../../functions/index.ts';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import { syncEvents } from '../../shared/contracts/realtime/subscription.ts';
import { propertiesOf, type Resource, resourcesOf, stages } from './stage.ts';

const specs: readonly FunctionSpec[] = functionSpecs;
const resources = resourcesOf(stages.prod);
const idOf = (name: string) => name.replaceAll('-', '');
const api = { Ref: expect.stringMatching(/^socketsApi/) };

interface Route {
  ApiId: { Ref: string };
  RouteKey: string;
  Target: unknown;
}
interface Lambda {
  Handler: string;
  Environment: { Variables: Record<string, unknown> };
}
interface Policy {
  PolicyDocument: { Statement: { Action: unknown; Resource: unknown }[] };
  Roles: { Ref: string }[];
}

const variablesOf = (of: Record<string, Resource>, name: string) =>
  Object.entries(of)
    .filter(
      ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(`Service/${idOf(name)}Function`),
    )
    .map(([, { Properties }]) => (Properties as unknown as Lambda).Environment.Variables)[0];

describe('the WebSocket API', () => {
  it('hands everything that clients do to the function whose spec says so', () => {
    const [owner, ...others] = specs.filter(({ trigger }) => trigger.kind === 'socket');
    expect(others).toEqual([]);
    const routes = propertiesOf<Route>(resources, 'AWS::ApiGatewayV2::Route').filter(({ ApiId }) =>
      ApiId.Ref.startsWith('socketsApi'),
    );
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual(['$connect', '$default', '$disconnect']);
    for (const { Target } of routes) {
      const integration = Object.entries(resources).find(
        ([id, { Type }]) =>
          Type === 'AWS::ApiGatewayV2::Integration' &&
          JSON.stringify(Target).includes(`"${id.split('/')[1]}"`),
      );
      expect(JSON.stringify(integration?.[1])).toContain(`"${idOf(owner?.name ?? '')}Function`);
    }
  });

  it('may call that function, and nobody else may', () => {
    const permissions = propertiesOf<{ FunctionName: unknown; Principal: string }>(
      resources,
      'AWS::Lambda::Permission',
    ).filter(({ FunctionName }) => JSON.stringify(FunctionName).includes('"socketFunction'));
    expect(permissions).toHaveLength(3);
    for (const permission of permissions) {
      expect(permission).toMatchObject({ Principal: 'apigateway.amazonaws.com' });
      expect(JSON.stringify(permission)).toMatch(/"Ref":"socketsApi/);
    }
  });

  it('ends in /ws, is limited and measured, and logs neither path nor query', () => {
    const stage = propertiesOf(resources, 'AWS::ApiGatewayV2::Stage').find(
      ({ StageName }) => StageName === 'ws',
    );
    expect(stage).toMatchObject({
      ApiId: api,
      AutoDeploy: true,
      DefaultRouteSettings: {
        DetailedMetricsEnabled: true,
        ThrottlingRateLimit: stages.prod.throttle.requestsPerSecond,
        ThrottlingBurstLimit: stages.prod.throttle.burst,
      },
    });
    expect(JSON.stringify(stage)).not.toMatch(
      /query|path|header|authorization|message":"\$context\.request/i,
    );
  });
});

describe("API Gateway's role for logs", () => {
  const made = (settings: Parameters<typeof resourcesOf>[0]) =>
    Object.values(resourcesOf(settings)).filter(({ Type }) => Type === 'AWS::ApiGateway::Account');

  it('is made before the stage, unless the account has one, and stays', () => {
    expect(made(stages.prod)).toMatchObject([{ DeletionPolicy: 'Retain' }]);
    const stage = Object.values(resources).find(({ Properties }) => Properties?.StageName === 'ws');
    expect(stage?.DependsOn).toContainEqual(expect.stringMatching(/^socketsLogRoleAccount/));
    expect(made({ ...stages.prod, gatewayLogRole: false })).toEqual([]);
  });
});

describe('who sends to clients', () => {
  const senders = specs.filter(({ uses }) => uses.includes('sockets'));

  it('may do so on this API alone', () => {
    const statements = propertiesOf<Policy>(resources, 'AWS::IAM::Policy').flatMap(
      ({ PolicyDocument, Roles }) =>
        PolicyDocument.Statement.filter(({ Action }) => String(Action).startsWith('execute-api:')).map(
          (statement) => ({ ...statement, role: Roles[0]?.Ref ?? '' }),
        ),
    );
    expect(statements).toHaveLength(senders.length);
    for (const { name } of senders) {
      const own = statements.find(({ role }) => role.startsWith(`${idOf(name)}Role`));
      expect(own?.Action).toBe('execute-api:ManageConnections');
      expect(JSON.stringify(own?.Resource)).toMatch(/"Ref":"socketsApi\w+"\},"\/ws\/\*\/@connections\/\*"/);
    }
  });

  it('is told where, by the environment', () => {
    for (const { name } of senders) {
      expect(JSON.stringify(variablesOf(resources, name)?.SOCKETS_ENDPOINT)).toMatch(
        /"https:\/\/",\{"Ref":"socketsApi\w+"\},"\.execute-api\.eu-central-1\..*\/ws"/,
      );
      const emulated = JSON.stringify(
        variablesOf(resourcesOf({ ...stages.emulated, socketAddress: 'http://e/{api}/{stage}' }), name)
          ?.SOCKETS_ENDPOINT,
      );
      expect(emulated).toMatch(/"http:\/\/e\/",\{"Ref":"socketsApi\w+"\},"\/ws"/);
    }
  });

  it('of what happened is called by a rule with the events that clients may hear', () => {
    const rules = propertiesOf<{ EventPattern?: { 'detail-type'?: string[] }; Targets: unknown }>(
      resources,
      'AWS::Events::Rule',
    ).filter(({ Targets }) => JSON.stringify(Targets).includes('"pushtosocketsFunction'));
    expect(rules).toMatchObject([{ EventPattern: { 'detail-type': syncEvents } }]);
  });
});

describe('the function behind it verifies tokens', () => {
  it("of the stage's own issuer by its public key, which it may read and not sign with", () => {
    expect(variablesOf(resources, 'socket')).toMatchObject({
      IDENTITY_SIGNER: 'kms',
      IDENTITY_ISSUER: { 'Fn::GetAtt': [expect.stringMatching(/^identityApi/), 'ApiEndpoint'] },
      IDENTITY_AUDIENCE: 'strata',
    });
    const [policy] = propertiesOf<Policy>(resources, 'AWS::IAM::Policy').filter(({ Roles }) =>
      Roles[0]?.Ref.startsWith('socketRole'),
    );
    expect(JSON.stringify(policy)).toContain('"kms:GetPublicKey"');
    expect(JSON.stringify(policy)).not.toContain('kms:Sign');
  });

  it("of the users' own identity provider by its address", () => {
    const identity = { kind: 'oidc' as const, issuer: 'https://login.example.com/', audience: ['a', 'b'] };
    const own = variablesOf(resourcesOf({ ...stages.emulated, identity }), 'socket');
    expect(own).toMatchObject({ OIDC_ISSUER: identity.issuer, OIDC_AUDIENCE: 'a,b' });
    expect(own).not.toHaveProperty('IDENTITY_SIGNER');
  });
});
