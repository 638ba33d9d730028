import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { emulatedAws } from '../services/aws-resources.ts';

const template = z.object({
  Resources: z.record(z.string(), z.object({ Properties: z.unknown() })),
  Outputs: z.object({ CacheTable: z.object({ Value: z.object({ Ref: z.string() }) }) }),
});
const table = z.object({
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }),
});

/** The emulator's CloudFormation leaves out when items of a table expire: done here, as the template says it. */
export async function applyTimeToLive(endpoint: string, folder: string, tableName: string): Promise<void> {
  const file = join(folder, 'Data.template.json');
  const { Resources, Outputs } = template.parse(JSON.parse(await readFile(file, 'utf8')));
  const { TimeToLiveSpecification } = table.parse(Resources[Outputs.CacheTable.Value.Ref]?.Properties);
  const client = new DynamoDBClient({ ...emulatedAws, endpoint });
  try {
    await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }));
  } finally {
    client.destroy();
  }
}
