import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { functionSpecs } from '../../functions/index.ts';
import { assetsIn } from '../../infra/assets.ts';
import { addStage, newApp } from '../../infra/service-app.ts';
import { parseSettings, type StageSettings } from '../../infra/settings.ts';
import { dev } from '../../infra/stages/dev.ts';
import { emulated } from '../../infra/stages/emulated.ts';
import { prod } from '../../infra/stages/prod.ts';
import { staging } from '../../infra/stages/staging.ts';

export const stages = { dev, staging, prod, emulated };

/** Code of every function that is a line long: bundling is tested elsewhere. */
function stubAssets(): string {
  const directory = mkdtempSync(join(tmpdir(), 'strata-assets-'));
  for (const { name } of functionSpecs) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'main.mjs'), `export const handler = () => '${name}';\n`);
  }
  return directory;
}

/** The first call with the same arguments does the work. */
function once<A extends unknown[], R>(make: (...args: A) => R): (...args: A) => R {
  const made = new Map<string, R>();
  return (...args) => {
    const key = JSON.stringify(args);
    const result = made.get(key) ?? make(...args);
    made.set(key, result);
    return result;
  };
}

const assets = once(() => assetsIn(stubAssets()));

/** The stacks of a stage, built and not yet synthesised. */
export const stageOf = once(
  (settings: StageSettings, options: { allowDestructiveMigrations?: boolean } = {}) => {
    const app = newApp();
    return { app, ...addStage(app, { settings: parseSettings(settings), assets: assets(), ...options }) };
  },
);

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string[];
  DeletionPolicy?: string;
}

/** Every resource of a stage with the stack's name in its key, so that none hides another. */
export const resourcesOf = once(
  (
    settings: StageSettings,
    options: { allowDestructiveMigrations?: boolean } = {},
  ): Record<string, Resource> => {
    const { network, data, service, observability } = stageOf(settings, options);
    const stacks = {
      ...(network && { Network: network }),
      Data: data,
      Service: service,
      Observability: observability,
    };
    return Object.fromEntries(
      Object.entries(stacks).flatMap(([name, stack]) =>
        Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>).map(
          ([id, resource]) => [`${name}/${id}`, resource],
        ),
      ),
    );
  },
);

/** Properties of all resources of a type. */
export const propertiesOf = <T = Record<string, never>>(
  resources: Record<string, Resource>,
  type: string,
): T[] =>
  Object.values(resources)
    .filter((resource) => resource.Type === type)
    .map(({ Properties }) => Properties as T);
