import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../infra/settings.ts';
import { settingsOf, stageNames } from '../../infra/stages/index.ts';
import { stages } from './stage.ts';

describe('the settings of a stage', () => {
  it('are there for four of them, and no other', () => {
    expect(stageNames).toEqual(['dev', 'staging', 'prod', 'emulated']);
    for (const name of stageNames) expect(settingsOf(name).stage).toBe(name);
    for (const name of [undefined, '', 'production', 'toString']) {
      expect(() => settingsOf(name)).toThrow('-c stage=dev|staging|prod|emulated');
    }
  });

  it.each([
    ['a cluster without a network', { network: undefined }, /network/],
    ['an account that is none', { account: '123' }, /account/],
    ['a setting that there is not', { colour: 'red' }, /colour/],
    [
      'a graph that cannot be installed',
      { network: { ...stages.dev.network, natGateways: 0 } },
      /natGateways/,
    ],
    ['a zone alone', { network: { zones: ['eu-central-1a'], natGateways: 1 } }, /zones/],
    [
      'an archive that is moved before Glacier may be charged',
      { archive: { instantRetrievalAfterDays: 30, deepArchiveAfterDays: 60, auditDays: 1 } },
      /deepArchiveAfterDays/,
    ],
    ['an issuer without TLS', { identity: { kind: 'oidc', issuer: 'http://x', audience: ['a'] } }, /issuer/],
    ['a graph by HTTP', { graph: { kind: 'external', uri: 'http://graph' } }, /uri/],
    [
      'a throttle of all that a single tenant reaches',
      { throttle: { requestsPerSecond: 50, burst: 400 } },
      /throttle/,
    ],
    [
      'a burst of a single tenant that is that of all',
      { throttle: { requestsPerSecond: 200, burst: 100 } },
      /throttle/,
    ],
    [
      'a burst in which a full batch has no room',
      {
        limits: {
          requests: { perSecond: 1, burst: 1 },
          'memories-written': { perSecond: 1, burst: 499 },
          'memories-kept': 1,
        },
      },
      /burst/,
    ],
    ['logs for a number of days that CloudWatch has not', { logDays: 8 }, /logDays/],
    [
      'a model without its server',
      { models: { embedder: { kind: 'openai', model: 'm', dimension: 8 } } },
      /openAi/,
    ],
  ])('are refused with %s', (_, wrong, named) => {
    expect(() => parseSettings({ ...stages.dev, ...wrong } as never)).toThrow(named);
  });

  it('leave the issuer of somebody else as it is written', () => {
    const identity = { kind: 'oidc' as const, issuer: 'https://login.example.com/', audience: ['a'] };
    expect(parseSettings({ ...stages.dev, identity }).identity).toEqual(identity);
  });
});
