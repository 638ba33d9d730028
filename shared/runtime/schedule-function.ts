import type { FunctionSpec } from '../contracts/function-spec.ts';
import type { Providers } from './deps.ts';
import type { ScheduleHandler } from './handlers.ts';
import type { Host } from './host.ts';
import { count } from './observability/observation.ts';
import { type LambdaFunction, pipeline } from './pipeline.ts';

export type ScheduleSpec = FunctionSpec & { readonly trigger: { readonly kind: 'schedule' } };

/**
 * The Lambda behind a schedule. What the handler counted becomes the log line, the metrics and the answer. A
 * failure rejects, so that the alarm on the function's errors sees it; the next run takes up what was left.
 */
export function scheduleFunction<const S extends ScheduleSpec>(
  spec: S,
  handler: ScheduleHandler<S>,
  providers: Providers<S>,
  host: Partial<Host> = {},
): LambdaFunction<unknown, Record<string, number>> {
  return pipeline<S, unknown, Record<string, number>>(spec, providers, host, {
    identify: () => ({}),
    run: (_event, deps, deadline) => handler(deps, { deadline }),
    describe: (counts) => ({
      fields: counts,
      measures: Object.entries(counts).map(([name, value]) => count(name, value)),
    }),
  });
}
