import { storedSecret } from '../secrets/stored-secret.ts';

/** A provider's key, and a way to fetch it again after the provider refused it. */
export interface ApiKey {
  /** Undefined where the provider needs none, such as a local Ollama. */
  current(): Promise<string | undefined>;
  /** Forgets the key, so that the next `current` fetches it. Answers whether a different one may come. */
  renew(): boolean;
}

export const fixedApiKey = (key: string | undefined): ApiKey => ({
  current: async () => key,
  renew: () => false,
});

/** A key in Secrets Manager, fetched when the first request needs it; a rotation is picked up on refusal. */
export function secretApiKey(secretArn: string): ApiKey {
  const secret = storedSecret(secretArn);
  return {
    current: secret.current,
    renew() {
      secret.forget();
      return true;
    },
  };
}
