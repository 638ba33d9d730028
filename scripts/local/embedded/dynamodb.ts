import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { embeddedAws } from './credentials.ts';
import { freePort } from './listen.ts';
import type { EmbeddedServer } from './part.ts';

/**
 * Ends the server when this process ends, however it ends: the pipe to the shell's input closes even after
 * SIGKILL. `cat` waits for that, beside the server.
 */
const tether = `
exec 3<&0
"$@" 3<&- & server=$!
{ cat <&3 >/dev/null; kill -KILL $server; } 2>/dev/null &
wait $server
`;

/** Path of the binary; absent where its package was not installed, which is everywhere but on Linux x64. */
export function dynamodbBinary(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    return join(dirname(manifest), 'dynoxide');
  } catch {
    return undefined;
  }
}

/** A table by the names that its readers and writers use. */
export interface TableDefinition {
  name: string;
  partitionKey: string;
  sortKey: string;
  ttlAttribute: string;
}

/** DynamoDB in memory: what it held is gone after a stop, and reads fill it again. */
export async function startDynamodb(
  binary: string,
  tables: readonly TableDefinition[],
  wantedPort: number,
): Promise<EmbeddedServer> {
  const port = wantedPort || (await freePort());
  const server = spawn('sh', ['-c', tether, 'sh', binary, 'serve', '--port', String(port)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // a group of its own: Ctrl-C in the terminal must not end it before the requests that use it
    detached: true,
  });
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.stdin?.destroy();
    await gone;
  };
  try {
    const client = new DynamoDBClient({
      ...embeddedAws,
      endpoint: `http://127.0.0.1:${port}`,
      maxAttempts: 1,
    });
    for (const table of tables) await createTable(client, table, server);
    client.destroy();
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

async function createTable(client: DynamoDBClient, table: TableDefinition, server: ChildProcess) {
  const create = new CreateTableCommand({
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: table.partitionKey, AttributeType: 'S' },
      { AttributeName: table.sortKey, AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: table.partitionKey, KeyType: 'HASH' },
      { AttributeName: table.sortKey, KeyType: 'RANGE' },
    ],
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(create);
      break;
    } catch (error) {
      if (attempt === 100 || server.exitCode !== null) throw error;
      await delay(20);
    }
  }
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: table.name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: table.ttlAttribute },
    }),
  );
}
