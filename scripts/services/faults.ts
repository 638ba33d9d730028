import { parseArgs } from 'node:util';
import { table } from './faults/report.ts';
import { type FaultReport, isHarmless, runFault } from './faults/run-fault.ts';
import { openStage } from './faults/stage.ts';
import { withServers } from './with-servers.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });

/** One fault after the other, each under a load of its own. */
async function runFaults(seconds: number): Promise<FaultReport[]> {
  return withServers(async (settings) => {
    const stage = await openStage(settings, seconds);
    const reports: FaultReport[] = [];
    try {
      for (const fault of stage.faults) {
        console.log(`  killing ${fault.name} under ${seconds} s of writes …`);
        reports.push(await runFault(fault, stage));
      }
    } finally {
      await stage.close();
    }
    return reports;
  });
}

try {
  const reports = await runFaults(Number(values.seconds));
  console.log(`\n${table(reports)}\n`);
  for (const { failures } of reports) for (const answer of failures) console.error(`  ${answer}`);
  process.exitCode = reports.every(isHarmless) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
