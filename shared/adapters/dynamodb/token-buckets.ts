import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { rateLimitTable } from '../../contracts/rate-limit-table.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { BucketKey, BucketStep, TokenBuckets } from '../../limits/ports.ts';
import { callGuard } from './call-guard.ts';

export interface DynamodbTokenBucketsOptions {
  client: Pick<DynamoDBClient, 'send'>;
  tableName: string;
  clock: Clock;
  logger: Logger;
  timeoutMs?: number;
  /** How long the circuit stays open. */
  openMs?: number;
}

interface Moved {
  moved: boolean;
  arrival: number;
}

const number = (value: number) => ({ N: String(value) });
const itemKey = ({ tenantId, name }: BucketKey) => ({
  [rateLimitTable.partitionKey]: { S: tenantId },
  [rateLimitTable.sortKey]: { S: name },
});
const arrivalOf = (item: Record<string, { N?: string }> | undefined) => Number(item?.arrival?.N ?? 0);

/** A bucket that has run full since it was used begins anew, now. */
const restart = {
  set: '#arrival = :next',
  condition: 'attribute_not_exists(#arrival) OR #arrival < :now',
  values: ({ now, cost }: BucketStep) => ({ ':next': number(now + cost), ':now': number(now) }),
};
/** One that is not full moves on from where it is: takes of many commute, so that none has to be repeated. */
const proceed = {
  set: '#arrival = #arrival + :cost',
  condition: '#arrival >= :now AND #arrival <= :latest',
  values: ({ now, cost, reach }: BucketStep) => ({
    ':cost': number(cost),
    ':now': number(now),
    ':latest': number(now + reach - cost),
  }),
};

/**
 * Token buckets in DynamoDB, one item each. Its expressions know no maximum, so "the arrival, or now if that is
 * later" is one of two updates; the one that fits what the caller knows is tried first, and a refusal brings the
 * item along, which says whether the other one fits or nothing does.
 */
export function dynamodbTokenBuckets(options: DynamodbTokenBucketsOptions): TokenBuckets {
  const { client, tableName, clock, logger, timeoutMs = 200, openMs = 5_000 } = options;
  const attempt = callGuard({ clock, logger, timeoutMs, openMs, warning: 'rate limiter bypassed' });

  async function update(key: BucketKey, step: BucketStep, signal: AbortSignal): Promise<Moved> {
    const form = step.known >= step.now ? proceed : restart;
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: itemKey(key),
      UpdateExpression: `SET ${form.set}, #expiresAt = :expiresAt`,
      ConditionExpression: form.condition,
      ExpressionAttributeNames: { '#arrival': 'arrival', '#expiresAt': rateLimitTable.ttlAttribute },
      ExpressionAttributeValues: {
        ...form.values(step),
        // no arrival lies further ahead than this
        ':expiresAt': number(Math.ceil((step.now + step.reach) / 1_000_000)),
      },
      ReturnValues: 'UPDATED_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes } = await client.send(command, { abortSignal: signal });
      return { moved: true, arrival: arrivalOf(Attributes) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { moved: false, arrival: arrivalOf(error.Item) };
    }
  }

  /** Twice as a rule at most: a bucket runs full only by waiting, and an arrival never moves back. */
  async function advance(key: BucketKey, step: BucketStep, signal: AbortSignal): Promise<Moved> {
    const answer = await update(key, step, signal);
    const possible = Math.max(answer.arrival, step.now) + step.cost <= step.now + step.reach;
    if (answer.moved || !possible) return answer;
    return advance(key, { ...step, known: answer.arrival }, signal);
  }

  return {
    async advance(key, step) {
      if (step.cost > step.reach) return { moved: false, arrival: step.known };
      const answer = await attempt((signal) => advance(key, step, signal));
      return answer.ok ? answer.value : undefined;
    },
    async arrival(key) {
      const command = new GetItemCommand({ TableName: tableName, Key: itemKey(key), ConsistentRead: true });
      const answer = await attempt((abortSignal) => client.send(command, { abortSignal }));
      return answer.ok ? arrivalOf(answer.value.Item) : undefined;
    },
  };
}
