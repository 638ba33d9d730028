import { Duration } from 'aws-cdk-lib';
import { type IMetric, type IWidget, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { lifecycleOperations } from '../../shared/contracts/lifecycle/operations.ts';
import { memoryOperations } from '../../shared/contracts/memory/operations.ts';
import type { Operation } from '../../shared/contracts/operation.ts';
import { graph } from './graph-widget.ts';
import { ofRoute } from './metrics.ts';
import type { OperationsApi } from './operations-api.ts';

const period = Duration.hours(1);

const { storeMemory, storeBatch, updateMemory, relateMemories, deleteMemory } = memoryOperations;
const { searchMemories, searchSimilar, assembleContext, relatedMemories } = memoryOperations;

/**
 * What becomes of what agents store: whether it is recalled, corrected, connected or forgotten. All of it is calls an
 * hour; whether a memory helped is told by nobody yet.
 */
export function learningBoard(apis: readonly OperationsApi[]): IWidget[] {
  const calls = (label: string, operations: readonly Operation[]): IMetric => {
    const counts = apis.flatMap((api) =>
      operations.map((operation) => ofRoute(api, operation, { statistic: Stats.SAMPLE_COUNT, period })),
    );
    const ids = counts.map((_, index) => `${label}${index}`);
    return new MathExpression({
      label,
      expression: ids.map((id) => `FILL(${id}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(counts.map((count, index) => [ids[index], count])),
      period,
    });
  };
  const stored = calls('stored', [storeMemory, storeBatch]);
  const recalled = calls('recalled', [searchMemories, searchSimilar, assembleContext, relatedMemories]);
  return [
    graph('Learnt and used', [stored, recalled]),
    graph('Recalls for each call that stores', [
      new MathExpression({
        label: 'recalls for each store',
        expression: 'recalled / stored',
        usingMetrics: { recalled, stored },
        period,
      }),
    ]),
    graph('Corrected and connected', [
      calls('corrected', [updateMemory]),
      calls('connected', [relateMemories]),
    ]),
    graph('Forgotten, and fetched from the archive', [
      calls('forgotten', [deleteMemory]),
      calls('fetched', [lifecycleOperations.restoreMemory]),
    ]),
  ];
}
