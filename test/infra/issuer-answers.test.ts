import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { propertiesOf, resourcesOf, stages } from './stage.ts';

interface Lambda {
  Code: { ZipFile?: string };
  Timeout: number;
}
type Handler = (event: object) => Promise<{ PhysicalResourceId: string }>;

const resources = resourcesOf(stages.prod);
const [waits, ...others] = propertiesOf<Lambda>(resources, 'AWS::Lambda::Function').filter(({ Code }) =>
  Code.ZipFile?.includes('openid-configuration'),
);
const [properties] = propertiesOf<{ seconds: string }>(resources, 'Custom::StrataIssuerAnswers');

const issuer = 'https://issuer.example.com';
const discovery = `${issuer}/.well-known/openid-configuration`;
const keys = `${issuer}/keys`;

/** The function as it is deployed, in a world where time passes by waiting alone. */
function deployed(statusOf: (url: string, asked: number) => number) {
  const asked: string[] = [];
  let now = 0;
  const exports: { handler?: Handler } = {};
  runInNewContext(waits?.Code.ZipFile ?? '', {
    exports,
    AbortSignal,
    Date: { now: () => now },
    setTimeout: (then: () => void, ms: number) => {
      now += ms;
      queueMicrotask(then);
    },
    fetch: async (url: string) => {
      asked.push(url);
      const status = statusOf(url, asked.length);
      return { ok: status === 200, status, json: async () => ({ jwks_uri: keys }) };
    },
  });
  const { handler } = exports;
  if (!handler) throw new Error('The function has no handler.');
  const run = (RequestType = 'Create') =>
    handler({ RequestType, ResourceProperties: { issuer, seconds: properties?.seconds } });
  return { asked, run, passed: () => now };
}

const once = [discovery, keys];

describe('what waits for the issuer', () => {
  it('is one function, and has time to answer after it has lost its patience', () => {
    expect(others).toEqual([]);
    expect(waits?.Timeout).toBeGreaterThan(Number(properties?.seconds));
  });

  it('asks for the document and for its keys, three times in a row', async () => {
    const { asked, run } = deployed(() => 200);
    await run();
    expect(asked).toEqual([...once, ...once, ...once]);
  });

  it('begins again after each that fails', async () => {
    const { asked, run } = deployed((_, count) => (count === 1 || count === 5 ? 404 : 200));
    await run();
    // the document is missing, then the keys in the second round
    expect(asked).toEqual([discovery, ...once, ...once, ...once, ...once, ...once]);
  });

  it('says at last what did not answer', async () => {
    const { run, passed } = deployed((url) => (url === keys ? 403 : 200));
    await expect(run()).rejects.toThrow(`${keys} answers 403`);
    expect(passed()).toBeGreaterThan(1_000 * Number(properties?.seconds));
  });

  it('lets go of an issuer that goes', async () => {
    const { asked, run } = deployed(() => 500);
    await run('Delete');
    expect(asked).toEqual([]);
  });
});
