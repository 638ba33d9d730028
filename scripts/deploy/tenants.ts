import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { AwsClient } from 'aws4fetch';
import * as z from 'zod';
import { emulatedAws } from '../services/aws-resources.ts';
import { asOwner } from './database.ts';

const created = z.object({ secret: z.string() });

interface Where {
  readonly endpoint: string;
  /** Of the API that takes signatures of IAM. */
  readonly serviceApiUrl: string;
  /** As who may write the table of principals. */
  readonly databaseUrl: string;
}

/**
 * An administrator's API key for a tenant, got as an operator gets the first one: an IAM user becomes a principal of
 * the tenant, and asks for the key with a signed request.
 */
export async function createTenant(tenant: string, where: Where): Promise<string> {
  const user = await createUser(where.endpoint, `${tenant}-operator`);
  await asOwner(
    where.databaseUrl,
    'insert into strata.principals (principal_arn, tenant_id, scopes) values ($1, $2, $3)',
    [user.arn, tenant, ['*']],
  );
  // a request that fails is the result of a test, not to be sent again
  const signed = new AwsClient({ ...user, service: 'execute-api', region: emulatedAws.region, retries: 0 });
  const response = await signed.fetch(`${where.serviceApiUrl}/v1/admin/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'end-to-end suite', scopes: ['*'] }),
  });
  const answer = await response.text();
  if (response.status !== 201) {
    throw new Error(`The signed request for a key of ${tenant} was answered ${response.status}: ${answer}`);
  }
  return created.parse(JSON.parse(answer)).secret;
}

async function createUser(endpoint: string, UserName: string) {
  const client = new IAMClient({ ...emulatedAws, endpoint });
  try {
    const { User } = await client.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }));
    if (!User?.Arn || !AccessKey?.AccessKeyId || !AccessKey.SecretAccessKey) {
      throw new Error(`IAM made no user ${UserName} with a key`);
    }
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey;
    return { arn: User.Arn, accessKeyId, secretAccessKey };
  } finally {
    client.destroy();
  }
}
