import type { Tracer } from '@aws-lambda-powertools/tracer';
import { serviceName } from './ambient.ts';

export type Trace = <T>(name: string, run: () => Promise<T>) => Promise<T>;

const untraced: Trace = (_name, run) => run();

let loading: Promise<Trace> | undefined;

/**
 * Wraps work into a subsegment of the function's X-Ray segment. The X-Ray SDK is 38 KB gzipped and needs the
 * segment that Lambda opens, so it is loaded only on Lambda and only with `POWERTOOLS_TRACE_ENABLED=true`.
 */
export function tracing(env: Readonly<Record<string, string | undefined>>): Promise<Trace> {
  if (env.POWERTOOLS_TRACE_ENABLED !== 'true' || env.AWS_LAMBDA_FUNCTION_NAME === undefined) {
    return Promise.resolve(untraced);
  }
  loading ??= import('@aws-lambda-powertools/tracer').then((module) =>
    subsegments(new module.Tracer({ serviceName })),
  );
  return loading;
}

const subsegments =
  (tracer: Tracer): Trace =>
  async (name, run) => {
    const parent = tracer.getSegment();
    const segment = parent?.addNewSubsegment(`## ${name}`);
    if (!parent || !segment) return run();
    tracer.setSegment(segment);
    try {
      return await run();
    } catch (error) {
      segment.addFaultFlag();
      throw error;
    } finally {
      segment.close();
      tracer.setSegment(parent);
    }
  };
