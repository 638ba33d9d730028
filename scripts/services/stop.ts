import { serverNames } from './server.ts';
import { servers } from './servers.ts';
import { stopServer } from './supervise.ts';

const stopped = await Promise.all(
  serverNames.map(async (name) => ({ server: servers[name], ran: await stopServer(servers[name]) })),
);
for (const { server, ran } of stopped)
  console.log(`  ${server.title.padEnd(28)} ${ran ? 'stopped' : 'did not run'}`);
