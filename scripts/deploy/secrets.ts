import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { emulatedAws } from '../services/aws-resources.ts';

/** Makes secrets that the stacks only name, because they belong to whoever runs the stores. */
export async function createSecrets(
  endpoint: string,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  const client = new SecretsManagerClient({ ...emulatedAws, endpoint });
  try {
    for (const [Name, SecretString] of Object.entries(secrets)) {
      await client.send(new CreateSecretCommand({ Name, SecretString }));
    }
  } finally {
    client.destroy();
  }
}
