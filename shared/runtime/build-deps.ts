import type { Capability } from '../contracts/capabilities.ts';
import type { FunctionSpec } from '../contracts/function-spec.ts';
import { type Environment, parseConfig } from './config.ts';
import type { Ambient, Deps, Provider, Providers } from './deps.ts';
import { defaultAmbient } from './observability/ambient.ts';

/**
 * What a spec's ports are configured with, by capability.
 * @throws ConfigurationError with everything that is missing or wrong
 */
export function readConfig<S extends FunctionSpec>(
  spec: S,
  providers: Providers<S>,
  env: Environment,
): Record<Capability, Record<string, unknown>> {
  const byName = providers as unknown as Readonly<Record<Capability, Provider<unknown>>>;
  const pieces = Object.fromEntries(spec.uses.map((capability) => [capability, byName[capability].config]));
  return parseConfig(spec.name, pieces, env) as Record<Capability, Record<string, unknown>>;
}

/**
 * Builds the ports of a spec: configuration parsed once, every adapter made, nothing connected yet.
 * @throws ConfigurationError with everything that is missing or wrong
 */
export function buildDeps<S extends FunctionSpec>(
  spec: S,
  providers: Providers<S>,
  env: Environment,
  ambient: Ambient = defaultAmbient(spec.name),
): Deps<S> {
  const byName = providers as unknown as Readonly<Record<Capability, Provider<unknown>>>;
  const config = readConfig(spec, providers, env);
  const ports = spec.uses.map((capability) => [
    capability,
    byName[capability].build(config[capability], ambient),
  ]);
  return { ...Object.fromEntries(ports), ...ambient } as Deps<S>;
}
