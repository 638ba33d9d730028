import { type CfnElement, Stack, Token } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Settings } from '../settings.ts';
import { GatewayLogRole } from './gateway-log-role.ts';
import { keptLogs } from './kept-logs.ts';
import type { ServiceFunction } from './service-function.ts';

/** Without the path and the query: a browser's token is in there. */
const accessLog = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    event: '$context.eventType',
    route: '$context.routeKey',
    connectionId: '$context.connectionId',
    status: '$context.status',
    integrationMs: '$context.integrationLatency',
    sourceIp: '$context.identity.sourceIp',
    error: '$context.error.message',
  }),
);

/** What API Gateway calls: a client comes, says something, goes. */
const routes = ['$connect', '$default', '$disconnect'];

/** The stage's name is the end of the address. */
const stageName = 'ws';

/** The WebSocket API. Its function is connected after both are made, because each has to know of the other. */
export class SocketApi extends Construct {
  readonly api: apigateway.WebSocketApi;
  readonly stage: apigateway.WebSocketStage;
  /** Where clients connect: `wss://…/ws`. */
  readonly url: string;
  /** Where messages to clients are sent. */
  readonly endpoint: string;
  /** ARN of every connection of this stage, for sending to it and for ending it. */
  readonly connectionsArn: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { throttle, socketAddress } = settings;
    this.api = new apigateway.WebSocketApi(this, 'Api', {
      apiName: `strata-${settings.stage}-${id}`,
      description: 'What happens, as it happens, and messages between services',
      // messages are told apart by the function, which can say what is wrong with one
      routeSelectionExpression: '$request.body.type',
    });
    this.stage = new apigateway.WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: { rateLimit: throttle.requestsPerSecond, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(keptLogs(this, 'AccessLogs', settings)),
        format: accessLog,
      },
    });
    if (settings.gatewayLogRole) this.stage.node.addDependency(new GatewayLogRole(this, 'LogRole'));
    const elsewhere = socketAddress?.replace('{api}', this.api.apiId).replace('{stage}', stageName);
    this.url = elsewhere?.replace(/^http/, 'ws') ?? this.stage.url;
    this.endpoint = elsewhere ?? this.stage.callbackUrl;
    this.connectionsArn = this.api.arnForExecuteApiV2('*/@connections/*', stageName);
  }

  /** Accepts that who sends to clients may send to all of this stage: each connection has a name of its own. */
  acceptSender(sender: ServiceFunction): void {
    const { region, account } = Stack.of(this);
    const owner = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
    const api = Stack.of(this).getLogicalId(this.api.node.defaultChild as CfnElement);
    acknowledge(
      sender,
      'Connections are made by clients, so that none has a name beforehand; no other API and no other action.',
      `AwsSolutions-IAM5[Resource::arn:aws:execute-api:${region}:${owner}:<${api}>/${stageName}/*/@connections/*]`,
    );
  }

  serve({ spec, lambda }: ServiceFunction): void {
    const integration = new WebSocketLambdaIntegration(spec.name, lambda);
    for (const key of routes) {
      const route = new apigateway.WebSocketRoute(this, key, {
        webSocketApi: this.api,
        routeKey: key,
        integration,
      });
      acknowledge(
        route,
        'API Gateway has no authorizer of tokens for WebSocket APIs: the function verifies the token itself and refuses the connection, and later messages belong to a connection that it let in.',
        'AwsSolutions-APIG4',
      );
    }
  }
}
