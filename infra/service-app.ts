import { App, type AppProps, Tags } from 'aws-cdk-lib';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { functionSpecs } from '../functions/index.ts';
import type { FunctionSpec } from '../shared/contracts/function-spec.ts';
import { acknowledge } from './acknowledge.ts';
import type { Assets } from './assets.ts';
import type { Settings } from './settings.ts';
import { DataStack } from './stacks/data.ts';
import { NetworkStack } from './stacks/network.ts';
import { ObservabilityStack } from './stacks/observability.ts';
import { ServiceStack } from './stacks/service.ts';

interface Options {
  readonly settings: Settings;
  readonly assets: Assets;
  readonly allowDestructiveMigrations?: boolean;
}

/**
 * How the CDK behaves, for the CLI and for tests alike. Its recommendations, but exports between stacks: with them
 * CloudFormation itself refuses to remove what another stack uses.
 */
export const newApp = (props: AppProps = {}) =>
  new App({
    ...props,
    context: { ...flags, '@aws-cdk/core:defaultCrossStackReferences': 'strong', ...props.context },
  });

/** The stacks of one stage. */
export function addStage(app: App, { settings, assets, allowDestructiveMigrations = false }: Options) {
  const { stage, region, account } = settings;
  // also the beginning of the names that the CDK makes up, which an account has once
  const named = (part: string) => `strata-${stage}-${part}`;
  const about = {
    env: { region, ...(account !== undefined && { account }) },
    terminationProtection: settings.retain,
  };
  const specs = deployedUnder(settings);
  const network =
    settings.network &&
    new NetworkStack(app, named('network'), { ...about, settings, network: settings.network });
  const data = new DataStack(app, named('data'), { ...about, settings, specs, network });
  const service = new ServiceStack(app, named('service'), {
    ...about,
    settings,
    specs,
    assets,
    data,
    network,
    allowDestructiveMigrations,
  });
  const observability = new ObservabilityStack(app, named('observability'), {
    ...about,
    settings,
    data,
    service,
  });
  acknowledge(
    app,
    'Zones are named in the settings, because looking them up takes an account.',
    'CloudFormation-Validate::W3010',
  );
  Tags.of(app).add('service', 'strata');
  Tags.of(app).add('stage', stage);
  return { network, data, service, observability };
}

/** Who leaves the tokens to somebody else has no function that issues them. */
export const deployedUnder = ({ identity }: Settings): readonly FunctionSpec[] =>
  functionSpecs.filter((spec: FunctionSpec) => identity.kind === 'own' || !spec.uses.includes('tokenSigner'));
