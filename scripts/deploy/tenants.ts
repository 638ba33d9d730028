import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { AwsClient } from 'aws4fetch';
import * as z from 'zod';
import { emulatedAws } from '../services/aws-resources.ts';
import { asOwner } from './database.ts';

const created = z.object({ secret: z.string() });

interface Where {
  readonly endpoint: string;
  /** As who may write the table of principals. */
  readonly databaseUrl: string;
}

/**
 * Somebody who may call for a tenant: an IAM user whom the table of principals names. Answers a client that signs
 * that user's requests.
 */
export async function createPrincipal(
  user: string,
  { tenant, scopes }: { tenant: string; scopes: readonly string[] },
  { endpoint, databaseUrl }: Where,
): Promise<AwsClient> {
  const { arn, ...keys } = await createUser(endpoint, user);
  await asOwner(
    databaseUrl,
    'insert into strata.principals (principal_arn, tenant_id, scopes) values ($1, $2, $3)',
    [arn, tenant, scopes],
  );
  // a request that fails is the result of a test, not to be sent again
  return new AwsClient({ ...keys, service: 'execute-api', region: emulatedAws.region, retries: 0 });
}

/**
 * An administrator's API key for a tenant, got as an operator gets the first one: with a signed request.
 * @param serviceApiUrl of the API that takes signatures of IAM
 */
export async function createTenant(
  tenant: string,
  { serviceApiUrl, ...where }: Where & { readonly serviceApiUrl: string },
): Promise<string> {
  const operator = await createPrincipal(`${tenant}-operator`, { tenant, scopes: ['*'] }, where);
  const response = await operator.fetch(`${serviceApiUrl}/v1/admin/keys`, {
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

/** An IAM user with a key. */
export async function createUser(endpoint: string, UserName: string) {
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
