/** What the service costs on AWS, and which limit binds first; see docs/scale.md. */
import { settingsOf, stageNames } from '../infra/stages/index.ts';
import { inventoryOfStage } from './cost/inventory.ts';
import type { Stage } from './cost/monthly.ts';
import { priceTable } from './cost/price-table.ts';
import { report } from './cost/report.ts';
import { parseWorkload, type Workload } from './cost/workload.ts';

async function stageNamed(name: string): Promise<Stage> {
  const settings = settingsOf(name);
  return { settings, inventory: await inventoryOfStage(settings) };
}

async function print(workload: Workload): Promise<void> {
  const stages = await Promise.all(stageNames.map(stageNamed));
  const chosen = stages.find(({ settings }) => settings.stage === workload.stage);
  if (!chosen) throw new Error(`There is no stage ${workload.stage}.`);
  console.log(report(workload, chosen, stages));
}

function workloadOrExit(args: string[]): Workload {
  try {
    return parseWorkload(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

const args = process.argv.slice(2);
if (args.length === 1 && args[0] === '--prices') console.log(priceTable());
else await print(workloadOrExit(args));
