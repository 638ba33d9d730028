import { type FaultReport, isHarmless } from './run-fault.ts';

const columns: readonly (readonly [title: string, cell: (report: FaultReport) => string | number])[] = [
  ['killed', ({ fault }) => fault],
  ['away s', ({ away }) => away],
  ['writes', ({ tried }) => tried],
  ['acknowledged', ({ acknowledged }) => acknowledged],
  ['refused 503', ({ refused }) => refused],
  ['unanswered', ({ unanswered }) => unanswered],
  ['failed', ({ failures }) => failures.length],
  ['lost', ({ lost }) => lost],
  ['twice', ({ twice }) => twice],
  ['graph converged', ({ converged }) => (converged === undefined ? 'no' : `yes, ${converged} s`)],
  [
    'dead letters',
    ({ injected, poison, strangers }) => `poison ${poison} of ${injected}, other ${strangers}`,
  ],
  ['', (report) => (isHarmless(report) ? 'ok' : 'FAILED')],
];

/** The reports as a table, one line each. */
export function table(reports: readonly FaultReport[]): string {
  const lines = [
    columns.map(([title]) => title),
    ...reports.map((report) => columns.map(([, cell]) => String(cell(report)))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
