import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { rateLimitTable as names } from '../../shared/contracts/rate-limit-table.ts';
import { acknowledge } from '../acknowledge.ts';
import { retention } from '../retention.ts';
import type { Settings } from '../settings.ts';

/** The table of the token buckets, by the names of those who take from it. */
export function rateLimitTable(
  scope: Construct,
  id: string,
  { settings, key }: { settings: Settings; key: IKey },
): Table {
  const table = new Table(scope, id, {
    partitionKey: { name: names.partitionKey, type: AttributeType.STRING },
    sortKey: { name: names.sortKey, type: AttributeType.STRING },
    timeToLiveAttribute: names.ttlAttribute,
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    ...retention(settings),
  });
  acknowledge(
    table,
    'A bucket that is lost is full, and what an hour ago it was is of no use to anybody.',
    'AwsSolutions-DDB3',
  );
  return table;
}
