/** The CDK's entry: `cdk synth -c stage=NAME`. */
import { fileURLToPath } from 'node:url';
import { assetsIn } from './assets.ts';
import { addStage, newApp } from './service-app.ts';
import { settingsOf } from './stages/index.ts';

const app = newApp();
addStage(app, {
  settings: settingsOf(app.node.tryGetContext('stage')),
  assets: assetsIn(fileURLToPath(new URL('../dist/lambda', import.meta.url))),
  allowDestructiveMigrations: String(app.node.tryGetContext('allowDestructiveMigrations')) === 'true',
});
app.synth();
