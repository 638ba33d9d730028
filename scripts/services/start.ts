import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type BroughtUp, bringUp, environmentFile } from './bring-up.ts';
import { Missing } from './missing.ts';
import { type ServerName, serverNames } from './server.ts';
import { servers } from './servers.ts';

const usage = `npm run services [-- --only ${serverNames.join(',')}]`;

/** @throws Error naming what is no server */
function chosen(): readonly ServerName[] {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  if (values.only === undefined) return serverNames;
  const names = values.only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !serverNames.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`There is no server ${unknown.join(', ')}. Usage: ${usage}`);
  return serverNames.filter((name) => names.includes(name));
}

function report({ running, failed }: BroughtUp): string {
  return [
    ...running.map(
      ({ server, port, pid, started }) =>
        `  ${server.title.padEnd(28)} 127.0.0.1:${port}  process ${pid}${started ? '' : ', ran already'}`,
    ),
    ...failed.map(({ name, reason }) => `  ${servers[name].title.padEnd(28)} not started: ${reason.message}`),
    ...(running.length > 0 ? howToUse() : []),
  ].join('\n');
}

function howToUse(): string[] {
  const path = relative(process.cwd(), environmentFile());
  const env = path.startsWith('..') ? environmentFile() : path;
  return [
    '',
    `  Settings  ${env} (use them with: set -a; . ${env}; set +a)`,
    '  Stop      npm run services:stop',
  ];
}

try {
  const result = await bringUp(chosen());
  console.log(`\n${report(result)}\n`);
  for (const { reason } of result.failed) if (!(reason instanceof Missing)) console.error(reason.stack);
  process.exitCode = result.failed.length > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
