import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
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

export interface Synthesised {
  app: App;
  templates: Record<string, Template>;
}

/** The stacks of a stage; templates are made when they are first asked for. */
export function stageOf(settings: StageSettings, options: { allowDestructiveMigrations?: boolean } = {}) {
  const app = newApp();
  const stacks = addStage(app, {
    settings: parseSettings(settings),
    assets: assetsIn(stubAssets()),
    ...options,
  });
  const all = Object.values(stacks).filter((stack) => stack !== undefined);
  return { app, stacks: all as Stack[], ...stacks, template: (stack: Stack) => Template.fromStack(stack) };
}
