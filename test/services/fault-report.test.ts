import { describe, expect, it } from 'vitest';
import { table } from '../../scripts/services/faults/report.ts';
import { type FaultReport, isHarmless } from '../../scripts/services/faults/run-fault.ts';
import { compare } from '../../scripts/services/faults/stores.ts';
import type { LoadWrite } from '../../scripts/services/faults/write-load.ts';

const write = (content: string, known: Partial<LoadWrite>): LoadWrite => ({
  method: 'POST',
  path: '/api/memory',
  key: content,
  content,
  outcome: 'acknowledged',
  ...known,
});

describe('what is lost and what came twice', () => {
  const effects = new Map([
    ['there', [{ id: 'a', version: 1 }]],
    ['elsewhere', [{ id: 'b', version: 2 }]],
    [
      'twice',
      [
        { id: 'c', version: 1 },
        { id: 'd', version: 1 },
      ],
    ],
  ]);

  it.each([
    ['an effect as it was answered', write('there', { id: 'a', version: 1 }), { lost: 0, twice: 0 }],
    ['no effect of an acknowledged write', write('gone', { id: 'a', version: 1 }), { lost: 1, twice: 0 }],
    ['another version than was answered', write('elsewhere', { id: 'b', version: 3 }), { lost: 1, twice: 0 }],
    ['no effect of a refused write', write('gone', { outcome: 'refused' }), { lost: 0, twice: 0 }],
    ['two effects of one write', write('twice', { id: 'c', version: 1 }), { lost: 0, twice: 1 }],
  ])('%s', (_, given, expected) => {
    expect(compare([given], effects)).toEqual(expected);
  });
});

describe('the verdict', () => {
  const good: FaultReport = {
    fault: 'Postgres',
    tried: 10,
    acknowledged: 7,
    refused: 2,
    unanswered: 1,
    failures: [],
    away: 3.1,
    lost: 0,
    twice: 0,
    converged: 5.3,
    injected: 3,
    poison: 3,
    strangers: 0,
  };

  it('is good for a fault that did no harm', () => {
    expect(isHarmless(good)).toBe(true);
    const [titles, line] = table([good]).split('\n');
    expect(line).toMatch(/^Postgres +3\.1 +10 +7 +2 +1 +0 +0 +0 +yes, 5\.3 s +poison 3 of 3, other 0 +ok$/);
    expect(titles?.indexOf('lost')).toBe(line?.search(/0 +0 +yes/));
  });

  it.each<Partial<FaultReport>>([
    { lost: 1 },
    { twice: 1 },
    { failures: ['500'] },
    { converged: undefined },
    { strangers: 1 },
    { poison: 2 },
    { acknowledged: 0 },
  ])('is bad for %j', (harm) => {
    const report = { ...good, ...harm };
    expect(isHarmless(report)).toBe(false);
    expect(table([report])).toMatch(/FAILED$/);
  });
});
