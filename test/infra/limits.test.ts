import { describe, expect, it } from 'vitest';
import { functionSpecs } from '../../functions/index.ts';
import { parseSettings } from '../../infra/settings.ts';
import { cacheTable } from '../../shared/contracts/cache-table.ts';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import { rateLimitTable } from '../../shared/contracts/rate-limit-table.ts';
import { limitsConfig, limitsOf } from '../../shared/contracts/tenant-limits.ts';
import { propertiesOf, resourcesOf, stages } from './stage.ts';

interface Lambda {
  Description: string;
  Environment?: { Variables: Record<string, string> };
}
interface Statement {
  Action: string | string[];
  Resource: unknown;
}
const specs: readonly FunctionSpec[] = functionSpecs;

describe.each(Object.entries(stages))('the limits of the stage %s', (_, given) => {
  const settings = parseSettings(given);
  const resources = resourcesOf(given);
  const variablesOf = ({ summary }: FunctionSpec) =>
    propertiesOf<Lambda>(resources, 'AWS::Lambda::Function').find(
      ({ Description }) => Description === summary,
    )?.Environment?.Variables ?? {};

  it('lie below the throttle of its APIs, which takes hold where the limiter cannot', () => {
    const throttles = propertiesOf<{ DefaultRouteSettings: Record<string, number> }>(
      resources,
      'AWS::ApiGatewayV2::Stage',
    );
    expect(throttles.length).toBeGreaterThanOrEqual(2);
    for (const { DefaultRouteSettings } of throttles) {
      expect(DefaultRouteSettings.ThrottlingRateLimit).toBeGreaterThan(settings.limits.requests.perSecond);
      expect(DefaultRouteSettings.ThrottlingBurstLimit).toBeGreaterThan(settings.limits.requests.burst);
    }
  });

  it('are what every function that keeps to them, or writes memories, is told', () => {
    const told = specs.filter(({ uses }) => uses.includes('tenantLimits') || uses.includes('memories'));
    expect(told.length).toBeGreaterThanOrEqual(4);
    for (const spec of told) {
      expect([spec.name, limitsOf(limitsConfig.parse(variablesOf(spec)))]).toEqual([
        spec.name,
        settings.limits,
      ]);
    }
  });

  it('have a table by the names that both sides use, which needs no backup', () => {
    const keys = propertiesOf<{
      KeySchema: { AttributeName: string }[];
      TimeToLiveSpecification: { AttributeName: string };
      PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled: boolean };
    }>(resources, 'AWS::DynamoDB::Table').map((table) => [
      ...table.KeySchema.map(({ AttributeName }) => AttributeName),
      table.TimeToLiveSpecification.AttributeName,
      table.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false,
    ]);
    const { partitionKey, sortKey, ttlAttribute } = rateLimitTable;
    expect(keys).toContainEqual([partitionKey, sortKey, ttlAttribute, false]);
    expect(keys).toContainEqual([cacheTable.partitionKey, cacheTable.sortKey, cacheTable.ttlAttribute, true]);
  });

  it('are read and moved on in that table, and nothing else is done to it', () => {
    const statements = propertiesOf<{ PolicyDocument: { Statement: Statement[] } }>(
      resources,
      'AWS::IAM::Policy',
    )
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Resource }) => JSON.stringify(Resource).includes('RateLimits'));
    expect(statements.length).toBeGreaterThanOrEqual(3);
    for (const { Action } of statements) expect(Action).toEqual(['dynamodb:GetItem', 'dynamodb:UpdateItem']);
  });
});
