import { Stack, type StackProps } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import type { OperationTable } from '../../shared/contracts/operation.ts';
import type { Assets } from '../assets.ts';
import { provisionOf } from '../capabilities.ts';
import { DeploymentStep } from '../constructs/deployment-step.ts';
import { IssuerAnswers } from '../constructs/issuer-answers.ts';
import { OperationsApi } from '../constructs/operations-api.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { SocketApi } from '../constructs/socket-api.ts';
import { tokenAuthorizer } from '../constructs/token-authorizer.ts';
import { connectTrigger } from '../constructs/triggers.ts';
import { deadLetters } from '../constructs/work-queue.ts';
import { publish } from '../publish.ts';
import type { Resources } from '../resources.ts';
import type { Settings } from '../settings.ts';
import type { DataStack } from './data.ts';
import type { NetworkStack } from './network.ts';

type Props = StackProps & {
  readonly settings: Settings;
  readonly specs: readonly FunctionSpec[];
  readonly assets: Assets;
  readonly data: DataStack;
  readonly network: NetworkStack | undefined;
  readonly allowDestructiveMigrations: boolean;
};

/** The functions and what calls them. */
export class ServiceStack extends Stack {
  readonly functions: readonly ServiceFunction[];
  /** With tokens, for people and agents. */
  readonly api: OperationsApi;
  /** With signatures of IAM, for services: the same operations of the same functions. */
  readonly serviceApi: OperationsApi;
  /** For clients that want to hear of things as they happen. */
  readonly socketApi: SocketApi;
  /** Runs of schedules that failed or could not be started. */
  readonly failedRuns: Queue;
  /** Events that a function could not take, by its name. */
  readonly failedEvents: ReadonlyMap<string, Queue>;

  constructor(scope: Construct, id: string, { settings, specs, data, ...props }: Props) {
    super(scope, id, props);
    const identity =
      settings.identity.kind === 'own'
        ? new OperationsApi(
            this,
            'identity',
            settings,
            'Tokens against API keys, and the keys to verify them',
          )
        : undefined;
    this.failedRuns = deadLetters(this, 'FailedRuns', data.key);
    this.failedEvents = new Map(
      specs
        .filter(({ trigger }) => trigger.kind === 'bus')
        .map(({ name }) => [name, deadLetters(this, `Failed-${name}`, data.key)]),
    );
    this.socketApi = new SocketApi(this, 'sockets', settings);
    const resources: Resources = {
      ...data.resources,
      issuer: issuerOf(settings, identity, data),
      sockets: this.socketApi,
    };
    this.functions = specs.map((spec) => this.#addFunction(spec, resources, { settings, data, ...props }));
    this.#migrateFirst({ settings, data, specs, ...props });

    if (identity) this.#serveIdentity(identity);
    this.api = new OperationsApi(this, 'api', settings, 'Operations, with tokens');
    const { issuer, audience } = issuance(settings, identity);
    const tokens = tokenAuthorizer(this, 'Tokens', {
      httpApi: this.api.api,
      issuer,
      audience,
      ...(identity && {
        after: new IssuerAnswers(this, 'issuer-answers', { issuer: identity, audience, settings }),
      }),
    });
    this.serviceApi = new OperationsApi(this, 'service', settings, 'Operations, with signatures of IAM');
    for (const served of this.functions) {
      const { trigger, uses } = served.spec;
      if (uses.includes('sockets')) this.socketApi.acceptSender(served);
      if (trigger.kind === 'http') {
        this.api.serve(served, trigger.operations, tokens);
        this.serviceApi.serve(served, trigger.operations, new HttpIamAuthorizer());
      } else if (trigger.kind === 'socket') {
        this.socketApi.serve(served);
      } else {
        connectTrigger(this, served, { data, failedRuns: this.failedRuns, failedEvents: this.failedEvents });
      }
    }
    publish(this, {
      ApiUrl: this.api.url,
      ServiceApiUrl: this.serviceApi.url,
      ApiId: this.api.api.apiId,
      ServiceApiId: this.serviceApi.api.apiId,
      SocketUrl: this.socketApi.url,
      SocketApiId: this.socketApi.api.apiId,
      ...(identity && { IdentityUrl: identity.url, IdentityApiId: identity.api.apiId }),
      FailedRunsQueueUrl: this.failedRuns.queueUrl,
    });
  }

  #addFunction(
    spec: FunctionSpec,
    resources: Resources,
    { settings, assets, network, data }: Omit<Props, 'specs' | 'allowDestructiveMigrations'>,
  ): ServiceFunction {
    const failedEvents = this.failedEvents.get(spec.name);
    const queue = failedEvents ?? (spec.trigger.kind === 'schedule' ? this.failedRuns : undefined);
    return new ServiceFunction(this, {
      spec,
      settings,
      network,
      code: assets.codeOf(spec.name),
      provision: provisionOf(spec.uses, resources),
      // a schedule comes again soon, an event does not
      ...(queue && { failed: { queue, keyArn: data.key.keyArn, retries: failedEvents ? 2 : 0 } }),
    });
  }

  /** What serves is changed after the stores are: it may need what a migration adds. */
  #migrateFirst({ settings, assets, allowDestructiveMigrations }: Omit<Props, 'network'>): void {
    for (const runs of this.functions.filter(({ spec }) => spec.trigger.kind === 'deployment')) {
      const { name } = runs.spec;
      const revision = assets.revisionOf(name);
      const migration = new DeploymentStep(this, `${name}-now`, {
        runs: runs.lambda,
        type: 'Migration',
        properties: { revision, allowDestructiveMigrations: String(allowDestructiveMigrations) },
        settings,
      });
      for (const { spec, lambda } of this.functions) {
        if (spec.trigger.kind !== 'deployment') lambda.node.addDependency(migration);
      }
    }
  }

  #serveIdentity(identity: OperationsApi): void {
    for (const served of this.functions) {
      const { trigger, uses } = served.spec;
      if (trigger.kind !== 'http' || !uses.includes('tokenSigner')) continue;
      identity.serve(served, publicOf(trigger.operations), new apigateway.HttpNoneAuthorizer());
    }
  }
}

const publicOf = (operations: OperationTable): OperationTable =>
  Object.fromEntries(Object.entries(operations).filter(([, { scope }]) => scope === 'public'));

function issuerOf(
  { identity: chosen }: Settings,
  identity: OperationsApi | undefined,
  data: DataStack,
): Resources['issuer'] {
  if (chosen.kind !== 'own' || !identity) return undefined;
  return { url: identity.url, audience: chosen.audience, keyArn: data.identityKey.keyArn };
}

/** Whose tokens are taken, and for whom they must be. */
function issuance({ identity: chosen }: Settings, identity: OperationsApi | undefined) {
  if (chosen.kind === 'oidc') return { issuer: chosen.issuer, audience: chosen.audience };
  if (!identity) throw new Error('An issuer of our own has an API.');
  return { issuer: identity.url, audience: [chosen.audience] };
}
