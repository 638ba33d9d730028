import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { emulatedAws } from '../services/aws-resources.ts';
import { run } from '../services/command.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const cli = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
const account = '000000000000';

const outputs = z.object({
  // the names of the tables among them
  'strata-emulated-data': z
    .object({ IdentityKeyArn: z.string(), ArchiveBucket: z.string() })
    .catchall(z.string()),
  'strata-emulated-service': z.object({ ApiUrl: z.url(), ServiceApiUrl: z.url(), SocketUrl: z.url() }),
});
type Outputs = z.output<typeof outputs>;

/** What the stacks published, by name: the API that takes tokens, the one that takes signatures of IAM, and so on. */
export interface Deployed {
  readonly data: Outputs['strata-emulated-data'];
  readonly service: Outputs['strata-emulated-service'];
}

/** What the CLI runs with: where the emulator and the graph are, which the settings of the stage read. */
export type StackEnvironment = Readonly<Record<string, string>>;

/** Bundles the functions and makes the templates of the emulated stage, in `folder`. */
export const synthesise = (folder: string, env: StackEnvironment): Promise<string> =>
  cdk(['synth', '--quiet', '--output', folder, '--context', 'stage=emulated'], env);

/** What every deployment into an account needs, once: the bucket of the assets and the roles. */
export const bootstrap = (folder: string, env: StackEnvironment): Promise<string> =>
  cdk(['bootstrap', '--app', folder, `aws://${account}/${emulatedAws.region}`], env);

/** Deploys what was synthesised. */
export async function deploy(folder: string, env: StackEnvironment): Promise<Deployed> {
  const file = join(folder, 'outputs.json');
  await cdk(['deploy', '--app', folder, '--all', '--require-approval', 'never', '--outputs-file', file], env);
  const published = outputs.parse(JSON.parse(await readFile(file, 'utf8')));
  return { data: published['strata-emulated-data'], service: published['strata-emulated-service'] };
}

const cdk = (args: string[], env: StackEnvironment): Promise<string> =>
  run(process.execPath, [cli, ...args], {
    cwd: repository,
    // a profile, or a session of a real account, must not be what is deployed into
    env: { ...withoutAws(process.env), ...env, CI: 'true' },
  });

const withoutAws = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
