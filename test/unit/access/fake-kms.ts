import { generateKeyPairSync, privateEncrypt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

const arn = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-4333-8444-555555555555';
/** DER of `DigestInfo { sha256, OCTET STRING (32) }` up to the digest (RFC 8017, 9.2, note 1). */
const sha256Prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** As much of KMS's wire protocol (JSON 1.1) as a signer speaks, with a real RSA key behind it. */
export async function fakeKms() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const calls: { target: string; body: Record<string, string> }[] = [];
  const failures: { status: number; type: string }[] = [];
  let algorithms = ['RSASSA_PKCS1_V1_5_SHA_256'];

  const answers: Record<string, (body: Record<string, string>) => object> = {
    'TrentService.GetPublicKey': () => ({
      KeyId: arn,
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: algorithms,
      PublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    }),
    'TrentService.Sign': ({ Message = '' }) => ({
      KeyId: arn,
      // padding type 1 around the prefixed digest: what KMS does with MessageType DIGEST
      Signature: privateEncrypt(
        privateKey,
        Buffer.concat([sha256Prefix, Buffer.from(Message, 'base64')]),
      ).toString('base64'),
    }),
  };

  const server = createServer(async (request, response) => {
    const target = String(request.headers['x-amz-target']);
    const body = (await json(request)) as Record<string, string>;
    calls.push({ target, body });
    const failure = failures.shift();
    response.writeHead(failure?.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(failure ? { __type: failure.type } : answers[target]?.(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    arn,
    calls,
    endpoint: `http://127.0.0.1:${port}`,
    /** The next answers are these. */
    fail: (...next: { status: number; type: string }[]) => failures.push(...next),
    supports: (...names: string[]) => {
      algorithms = names;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
