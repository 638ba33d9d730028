import { AppError } from '../../kernel/app-error.ts';
import { loadOnce } from '../../kernel/load-once.ts';

/** A text that is kept elsewhere and may be replaced there at any time. */
export interface StoredSecret {
  /** The text, fetched when it is first needed and kept. @throws what the store of secrets throws */
  current(): Promise<string>;
  /** Forgets the text, so that the next `current` fetches it: for who was refused with it. */
  forget(): void;
}

/**
 * Fetches a secret's current text. The SDK is loaded by the first call: who needs no secret does not pay for it.
 * @param id ARN or name of a secret in Secrets Manager
 */
export async function fetchSecret(id: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const answer = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: id }));
  if (answer.SecretString === undefined) throw new AppError('internal', 'A secret holds no text.');
  return answer.SecretString;
}

/** A secret of Secrets Manager. A rotation shows as a refusal, so it is fetched again then and not by the clock. */
export function storedSecret(id: string, fetch: (id: string) => Promise<string> = fetchSecret): StoredSecret {
  const load = () => loadOnce(() => fetch(id));
  let loaded = load();
  return {
    current: () => loaded(),
    forget() {
      loaded = load();
    },
  };
}
