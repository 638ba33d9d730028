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

/** The stacks of a stage, built and not yet synthesised. */
export function stageOf(settings: StageSettings, options: { allowDestructiveMigrations?: boolean } = {}) {
  const app = newApp();
  const stacks = addStage(app, {
    settings: parseSettings(settings),
    assets: assetsIn(stubAssets()),
    ...options,
  });
  return { app, ...stacks };
}

export type Stage = ReturnType<typeof stageOf>;
export type Resource = { Type: string; Properties: Record<string, unknown> } & Record<string, unknown>;

/** Every resource of a stage with the stack's name in its key, so that none hides another. */
export function resourcesOf({ network, data, service, observability }: Stage): Record<string, Resource> {
  const stacks = [network, data, service, observability].filter((stack) => stack !== undefined);
  return Object.fromEntries(
    stacks.flatMap((stack) =>
      Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>).map(
        ([id, resource]) => [`${stack.node.id}/${id}`, resource],
      ),
    ),
  );
}

/** Properties of all resources of a type. */
export const propertiesOf = <T = Record<string, never>>(
  resources: Record<string, Resource>,
  type: string,
): T[] =>
  Object.values(resources)
    .filter((resource) => resource.Type === type)
    .map(({ Properties }) => Properties as T);
