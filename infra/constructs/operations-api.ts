import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { OperationTable } from '../../shared/contracts/operation.ts';
import { acknowledge } from '../acknowledge.ts';
import type { Settings } from '../settings.ts';
import { keptLogs } from './kept-logs.ts';
import type { ServiceFunction } from './service-function.ts';

/** Ids and numbers: what was sent and answered is nobody's business here. */
const accessLog = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    method: '$context.httpMethod',
    route: '$context.routeKey',
    status: '$context.status',
    latencyMs: '$context.responseLatency',
    integrationMs: '$context.integrationLatency',
    sourceIp: '$context.identity.sourceIp',
    error: '$context.error.message',
    authorizerError: '$context.authorizer.error',
  }),
);

/** An HTTP API whose routes are operations of the contracts. */
export class OperationsApi extends Construct {
  readonly api: apigateway.HttpApi;
  /** Where it is called, without a trailing slash. */
  readonly url: string;
  readonly stage: apigateway.HttpStage;

  constructor(scope: Construct, id: string, settings: Settings, description: string) {
    super(scope, id);
    const { corsOrigins, throttle, apiAddress } = settings;
    this.api = new apigateway.HttpApi(this, 'Api', {
      apiName: `strata-${settings.stage}-${id}`,
      description,
      createDefaultStage: false,
      ...(corsOrigins.length > 0 && { corsPreflight: corsFor(corsOrigins) }),
    });
    this.stage = new apigateway.HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: { rateLimit: throttle.requestsPerSecond, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(keptLogs(this, 'AccessLogs', settings)),
        format: accessLog,
      },
    });
    this.url = apiAddress?.replace('{api}', this.api.apiId) ?? this.api.apiEndpoint;
  }

  /** Adds a route for each operation, to the function; those that are public take no authorizer. */
  serve(
    { spec, lambda }: ServiceFunction,
    operations: OperationTable,
    authorizer: apigateway.IHttpRouteAuthorizer,
  ): void {
    // one permission for the whole API: a function's policy has no room for one per route
    const integration = new HttpLambdaIntegration(spec.name, lambda, { scopePermissionToRoute: false });
    for (const [id, { method, path, scope }] of Object.entries(operations)) {
      const open = scope === 'public';
      const route = new apigateway.HttpRoute(this, id, {
        httpApi: this.api,
        routeKey: apigateway.HttpRouteKey.with(path, apigateway.HttpMethod[method]),
        integration,
        authorizer: open ? new apigateway.HttpNoneAuthorizer() : authorizer,
      });
      if (open) acknowledge(route, 'The contract calls this operation public.', 'AwsSolutions-APIG4');
    }
  }
}

const corsFor = (allowOrigins: string[]): apigateway.CorsPreflightOptions => ({
  allowOrigins,
  allowMethods: corsMethods,
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'x-api-key'],
  exposeHeaders: [
    'etag',
    'x-request-id',
    'retry-after',
    'ratelimit',
    'ratelimit-policy',
    'idempotency-replayed',
    'www-authenticate',
  ],
});

const { GET, POST, PUT, PATCH, DELETE } = apigateway.CorsHttpMethod;
const corsMethods = [GET, POST, PUT, PATCH, DELETE];
