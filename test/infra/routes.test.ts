import { describe, expect, it } from 'vitest';
import { functionSpecs } from '../../functions/index.ts';
import { dev } from '../../infra/stages/dev.ts';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import { identityOperations } from '../../shared/contracts/identity/operations.ts';
import { operations } from '../../shared/contracts/operations.ts';
import { propertiesOf, resourcesOf, stages } from './stage.ts';

interface Route {
  ApiId: { Ref: string };
  RouteKey: string;
  AuthorizationType: string;
  AuthorizerId?: unknown;
  Target: unknown;
}

const specs: readonly FunctionSpec[] = functionSpecs;
const resources = resourcesOf(dev);
const routes = propertiesOf<Route>(resources, 'AWS::ApiGatewayV2::Route');

/** Route and kind of authorization of each route of an API. */
const servedBy = (construct: string) =>
  routes
    .filter(({ ApiId }) => ApiId.Ref.startsWith(construct))
    .map(({ RouteKey, AuthorizationType }) => `${RouteKey}: ${AuthorizationType}`)
    .sort();
const contract = (table: object, authorization: string) =>
  Object.values(table as typeof operations)
    .map(({ method, path, scope }) => `${method} ${path}: ${scope === 'public' ? 'NONE' : authorization}`)
    .sort();

describe('the routes', () => {
  it('of the API are the operations of the contracts; those that are public take no token', () => {
    expect(servedBy('apiApi')).toEqual(contract(operations, 'JWT'));
  });

  it('for services are the same, signed', () => {
    expect(servedBy('serviceApi')).toEqual(contract(operations, 'AWS_IAM'));
  });

  it('of the issuer are what needs no token', () => {
    const open = Object.values(identityOperations).filter(({ scope }) => scope === 'public');
    expect(servedBy('identityApi')).toEqual(contract(open, 'NONE'));
  });

  it('lead to the function whose spec has the operation', () => {
    const integrations = Object.fromEntries(
      Object.entries(resources)
        .filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Integration')
        .map(([id, { Properties }]) => [id.split('/')[1], JSON.stringify(Properties)]),
    );
    for (const { name, trigger } of specs) {
      if (trigger.kind !== 'http') continue;
      for (const { method, path } of Object.values(trigger.operations)) {
        const found = routes.filter(({ RouteKey }) => RouteKey === `${method} ${path}`);
        expect(found.length).toBeGreaterThanOrEqual(2);
        for (const { Target } of found) {
          const integration = Object.keys(integrations).find((id) =>
            JSON.stringify(Target).includes(`"${id}"`),
          );
          expect(integrations[integration ?? '']).toContain(`"${name.replaceAll('-', '')}Function`);
        }
      }
    }
  });

  it('are verified against the issuer of the stage, after it answers', () => {
    const [id, authorizer] =
      Object.entries(resources).find(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Authorizer') ?? [];
    expect(authorizer?.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: {
        Audience: ['strata'],
        Issuer: { 'Fn::GetAtt': [expect.stringMatching(/^identityApi/), 'ApiEndpoint'] },
      },
    });
    expect(id).toBeDefined();
    expect(authorizer?.DependsOn).toContainEqual(expect.stringMatching(/^issueranswersWaitRun/));
    const [asked] = Object.values(resources).filter(({ Type }) => Type === 'Custom::StrataIssuerAnswers');
    expect(asked?.Properties.issuer).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^identityApi/), 'ApiEndpoint'],
    });
    for (const part of [
      /^identityApi/,
      /^identityStage/,
      /^identitydiscovery/,
      /^identityjwks/,
      /Permission/,
    ]) {
      expect(asked?.DependsOn).toContainEqual(expect.stringMatching(part));
    }
  });

  it('are limited, logged and measured one by one', () => {
    const settings = propertiesOf(resources, 'AWS::ApiGatewayV2::Stage');
    expect(settings).toHaveLength(4);
    for (const properties of settings) {
      expect(properties).toMatchObject({
        AccessLogSettings: {
          DestinationArn: expect.anything(),
          Format: expect.stringContaining('$context.requestId'),
        },
        DefaultRouteSettings: {
          DetailedMetricsEnabled: true,
          ThrottlingRateLimit: dev.throttle.requestsPerSecond,
          ThrottlingBurstLimit: dev.throttle.burst,
        },
      });
      expect(JSON.stringify(properties)).not.toMatch(/authorization|x-api-key|queryString|\$context\.path/i);
    }
  });
});

describe("with the users' own identity provider", () => {
  const oidc = { kind: 'oidc' as const, issuer: 'https://login.example.com/', audience: ['strata', 'other'] };
  const own = resourcesOf({ ...stages.emulated, identity: oidc });

  it('tokens of that one are taken, letter by letter', () => {
    expect(propertiesOf(own, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject([
      { JwtConfiguration: { Issuer: oidc.issuer, Audience: oidc.audience } },
    ]);
  });

  it('no function issues any', () => {
    expect(propertiesOf(own, 'AWS::ApiGatewayV2::Api')).toHaveLength(3);
    const keys = propertiesOf<Route>(own, 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey);
    for (const { method, path } of Object.values(identityOperations)) {
      expect(keys).not.toContain(`${method} ${path}`);
    }
  });
});
