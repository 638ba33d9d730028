import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { base64url } from 'jose';
import { emulatedAws } from '../../../scripts/services/aws-resources.ts';
import { deployed } from './deployed.ts';
import { isRemote, type Target } from './target.ts';

export type Algorithm = 'RS256' | 'RS512';
/** Answers the signature of a text. */
export type Sign = (text: string, algorithm: Algorithm) => Promise<Uint8Array>;

/** Whether this suite can sign with the issuer's own key, to make tokens that the issuer would not. */
export const hasIssuerKey = !isRemote || deployed !== undefined;

const kmsAlgorithms = { RS256: 'RSASSA_PKCS1_V1_5_SHA_256', RS512: 'RSASSA_PKCS1_V1_5_SHA_512' } as const;
const hashes = { RS256: 'sha256', RS512: 'sha512' } as const;

export const signWith =
  (key: KeyObject): Sign =>
  async (text, algorithm) =>
    sign(hashes[algorithm], Buffer.from(text), key);

/** The issuer's key: a file of the local service, a key of KMS behind the deployed one. */
export async function issuerKey(target: Target): Promise<Sign> {
  if (deployed === undefined) {
    const file = join(target.service.dataDirectory, 'identity', 'signing-key.pem');
    return signWith(createPrivateKey(await readFile(file)));
  }
  const { endpoint, identityKeyArn: KeyId } = deployed;
  const kms = new KMSClient({ ...emulatedAws, endpoint });
  return async (text, algorithm) => {
    const { Signature } = await kms.send(
      new SignCommand({
        KeyId,
        Message: Buffer.from(text),
        MessageType: 'RAW',
        SigningAlgorithm: kmsAlgorithms[algorithm],
      }),
    );
    if (Signature === undefined) throw new Error('KMS signed nothing');
    return Signature;
  };
}

/** A token as it goes over the wire, of any header and claims. */
export async function tokenOf(
  header: Readonly<Record<string, unknown>> & { readonly alg: Algorithm },
  claims: Readonly<Record<string, unknown>>,
  signText: Sign,
): Promise<string> {
  const part = (value: object) => base64url.encode(JSON.stringify(value));
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${base64url.encode(await signText(text, header.alg))}`;
}
