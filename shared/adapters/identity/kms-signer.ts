import { createHash, createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, KMSServiceException, SignCommand } from '@aws-sdk/client-kms';
import { base64url } from 'jose';
import type { TokenSigner } from '../../access/ports.ts';
import { AppError } from '../../kernel/app-error.ts';
import { loadOnce } from '../../kernel/load-once.ts';
import type { IssuerSettings } from './local-signer.ts';
import { publicJwk } from './public-jwk.ts';

const algorithm = 'RSASSA_PKCS1_V1_5_SHA_256';

/** KMS's own refusals (no such key, disabled, not allowed) stay as they are until somebody changes the key. */
function translate(cause: unknown): AppError {
  const refused =
    cause instanceof KMSServiceException && cause.$fault === 'client' && cause.name !== 'ThrottlingException';
  return refused
    ? new AppError('internal', 'The signing key refused to serve.', { cause })
    : new AppError('store_unavailable', 'The signing key cannot be reached; try again.', {
        cause,
        retryable: true,
      });
}

/** Signs with an asymmetric KMS key (RSA, SIGN_VERIFY), whose private half never leaves KMS. */
export function kmsSigner({
  keyId,
  client,
  ...settings
}: IssuerSettings & {
  /** Id, ARN or alias. */
  keyId: string;
  client: Pick<KMSClient, 'send'>;
}): TokenSigner {
  const keys = loadOnce(async () => {
    const answer = await client.send(new GetPublicKeyCommand({ KeyId: keyId })).catch((cause: unknown) => {
      throw translate(cause);
    });
    if (!answer.KeyId || !answer.PublicKey || !answer.SigningAlgorithms?.includes(algorithm)) {
      throw new AppError('internal', `The signing key must be an RSA key that can sign ${algorithm}.`);
    }
    const publicKey = createPublicKey({ key: Buffer.from(answer.PublicKey), format: 'der', type: 'spki' });
    // the ARN and not the alias signs from here on: an alias that moves would sign under the old key's `kid`
    return { arn: answer.KeyId, jwk: await publicJwk(publicKey) };
  });

  return {
    ...settings,
    async sign(claims) {
      const { arn, jwk } = await keys();
      const header = base64url.encode(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: jwk.kid }));
      const signed = `${header}.${base64url.encode(JSON.stringify(claims))}`;
      const command = new SignCommand({
        KeyId: arn,
        SigningAlgorithm: algorithm,
        // a digest, because KMS takes at most 4,096 bytes of a message
        MessageType: 'DIGEST',
        Message: createHash('sha256').update(signed).digest(),
      });
      const { Signature } = await client.send(command).catch((cause: unknown) => {
        throw translate(cause);
      });
      if (!Signature) throw new AppError('internal', 'The signing key gave no signature.');
      return `${signed}.${base64url.encode(Signature)}`;
    },
    async publicKeys() {
      return [(await keys()).jwk];
    },
  };
}
