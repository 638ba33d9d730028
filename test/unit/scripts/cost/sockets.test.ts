import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../../infra/settings.ts';
import { dev } from '../../../../infra/stages/dev.ts';
import { settingsOf } from '../../../../infra/stages/index.ts';
import { eventLines } from '../../../../scripts/cost/events.ts';
import { byItem } from '../../../../scripts/cost/lines.ts';
import { clientLines, messageLines, pushLines, sessionSecondsOf } from '../../../../scripts/cost/sockets.ts';

const prod = settingsOf('prod');
const outside = parseSettings({
  ...dev,
  identity: { kind: 'oidc', issuer: 'https://issuer.example', audience: ['strata'] },
});
const minutesOfAMonth = 730 * 60;

describe('a client of the WebSocket API', () => {
  it('is paid for by the minute, and connects anew as often as its token ends', () => {
    expect(sessionSecondsOf(prod)).toBe(900);
    // subscribing and a ping with their answers, and the farewell
    const messages = (minutesOfAMonth / 15) * 5;
    expect(byItem(clientLines(prod)).get('WebSocket')).toBeCloseTo(
      minutesOfAMonth * 0.25e-6 + messages * 1e-6,
    );
  });

  it('takes a token each time from an issuer of our own', () => {
    const sums = byItem(clientLines(prod));
    const sessions = minutesOfAMonth / 15;
    expect(sums.get('API Gateway')).toBeCloseTo(sessions * 1e-6);
    expect(sums.get('keys and secrets')).toBeCloseTo(sessions * 3e-6);
  });

  it('stays for two hours where tokens are those of somebody else', () => {
    expect(sessionSecondsOf(outside)).toBe(7_200);
    const sums = byItem(clientLines(outside));
    // thirteen pings in two hours
    expect(sums.get('WebSocket')).toBeCloseTo(minutesOfAMonth * 0.25e-6 + (minutesOfAMonth / 120) * 29e-6);
    expect(sums.has('API Gateway')).toBe(false);
  });
});

describe('messages', () => {
  it('are paid for once when said, once for the answer, and once for each who hears them', () => {
    expect(byItem(messageLines(prod, 3)).get('WebSocket')).toBeCloseTo(5e-6, 12);
    expect(byItem(messageLines(prod, 0)).get('WebSocket')).toBeCloseTo(2e-6, 12);
  });

  it('to clients leave through the NAT gateway, where there is one', () => {
    expect(byItem(pushLines(prod, 1e6)).get('NAT data')).toBeCloseTo(2 * 0.045);
    expect(byItem(pushLines(settingsOf('emulated'), 1e6)).get('NAT data')).toBe(0);
  });

  it('of an event are as many as clients listen; a function runs for it either way', () => {
    const [none, two] = [0, 2].map((clients) => byItem(eventLines(prod, clients)));
    expect([none?.get('WebSocket'), two?.get('WebSocket')]).toEqual([0, 2e-6]);
    expect(none?.get('Lambda')).toBe(two?.get('Lambda'));
  });
});
