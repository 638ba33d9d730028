import { KMSClient } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kmsSigner } from '../../../shared/adapters/identity/kms-signer.ts';
import { describeTokenSigner } from '../../conformance/token-signer.ts';
import { fakeKms } from './fake-kms.ts';

let kms: Awaited<ReturnType<typeof fakeKms>>;
let client: KMSClient;
beforeEach(async () => {
  kms = await fakeKms();
  client = new KMSClient({
    endpoint: kms.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await kms.close();
});

const make = () => kmsSigner({ keyId: 'alias/strata', client, issuer: undefined, audience: 'strata' });

describeTokenSigner('KMS', async () => make());

describe('kmsSigner', () => {
  it('calls nothing before its first use', () => {
    make();
    expect(kms.calls).toEqual([]);
  });

  it('reads the public key once, then signs digests with the key that the alias meant', async () => {
    const signer = make();
    await signer.sign({ sub: 'a' });
    await signer.sign({ sub: 'b' });
    await signer.publicKeys();
    expect(kms.calls.map(({ target }) => target)).toEqual([
      'TrentService.GetPublicKey',
      'TrentService.Sign',
      'TrentService.Sign',
    ]);
    expect(kms.calls[0]?.body).toEqual({ KeyId: 'alias/strata' });
    expect(kms.calls[1]?.body).toEqual({
      KeyId: kms.arn,
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
      MessageType: 'DIGEST',
      Message: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    });
  });

  it.each([
    { status: 500, type: 'KMSInternalException' },
    { status: 400, type: 'ThrottlingException' },
    { status: 503, type: 'DependencyTimeoutException' },
  ])('is unavailable for a while on $type, and then reads the key again', async (failure) => {
    const signer = make();
    kms.fail(failure);
    await expect(signer.publicKeys()).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    await expect(signer.publicKeys()).resolves.toHaveLength(1);
  });

  it.each(['AccessDeniedException', 'NotFoundException', 'DisabledException'])(
    'is a defect of the deployment on %s',
    async (type) => {
      const signer = make();
      await signer.publicKeys();
      kms.fail({ status: 400, type });
      await expect(signer.sign({})).rejects.toMatchObject({ code: 'internal', retryable: false });
    },
  );

  it('is unavailable when nobody listens', async () => {
    await kms.close();
    await expect(make().sign({})).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    kms = await fakeKms();
  });

  it('refuses a key of another kind', async () => {
    kms.supports('ECDSA_SHA_256');
    await expect(make().publicKeys()).rejects.toMatchObject({ code: 'internal' });
  });
});
