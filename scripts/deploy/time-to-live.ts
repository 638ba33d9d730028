import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { emulatedAws } from '../services/aws-resources.ts';

const template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })),
});
const table = z.object({
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }),
});
const reference = z.object({ Ref: z.string() });

/**
 * The emulator's CloudFormation leaves out when items of a table expire: done here for every table, as the template
 * says it.
 * @param published what the stack put out, by name; the names of its tables among it
 */
export async function applyTimeToLive(
  endpoint: string,
  folder: string,
  published: Readonly<Record<string, string>>,
): Promise<void> {
  const file = join(folder, 'strata-emulated-data.template.json');
  const { Resources, Outputs } = template.parse(JSON.parse(await readFile(file, 'utf8')));
  const tables = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table');
  const client = new DynamoDBClient({ ...emulatedAws, endpoint });
  try {
    for (const [id, { Properties }] of tables) {
      const output = Object.entries(Outputs).find(
        ([, { Value }]) => reference.safeParse(Value).data?.Ref === id,
      );
      const TableName = output && published[output[0]];
      if (TableName === undefined) throw new Error(`the stack does not say what its table ${id} is called`);
      const { TimeToLiveSpecification } = table.parse(Properties);
      await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    }
  } finally {
    client.destroy();
  }
}
