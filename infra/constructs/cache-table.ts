import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { cacheTable as names } from '../../shared/contracts/cache-table.ts';
import { retention } from '../retention.ts';
import type { Settings } from '../settings.ts';

/** The table of the hot cache, by the names that its readers use. */
export const cacheTable = (
  scope: Construct,
  id: string,
  { settings, key }: { settings: Settings; key: IKey },
) =>
  new Table(scope, id, {
    partitionKey: { name: names.partitionKey, type: AttributeType.STRING },
    sortKey: { name: names.sortKey, type: AttributeType.STRING },
    timeToLiveAttribute: names.ttlAttribute,
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...retention(settings),
  });
