import type { Context } from 'aws-lambda';
import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import { lambdaContext } from './lambda-context.ts';

/** What a function's `main.ts` exports. */
export interface Handler {
  (event: never, context: Context): Promise<unknown>;
  checkConfiguration?(): void;
}

/** Finds the handler of a function. */
export type LoadHandler = (spec: FunctionSpec) => Promise<Handler>;

/** A function as this host calls it. */
export interface LocalFunction {
  readonly spec: FunctionSpec;
  /** @throws ConfigurationError */
  checkConfiguration(): void;
  /** Rejects as Lambda would: with the function's own error, or when its time is up. */
  invoke(event: unknown): Promise<unknown>;
}

/** Looks for `functions/<name>/main.ts`. */
export const loadFromRepository: LoadHandler = async ({ name }) => {
  const module = (await import(new URL(`../../functions/${name}/main.ts`, import.meta.url).href)) as {
    handler: Handler;
  };
  return module.handler;
};

export async function loadFunctions(
  specs: readonly FunctionSpec[],
  load: LoadHandler,
): Promise<LocalFunction[]> {
  // this host prepares its stores itself when it starts
  const served = specs.filter(({ trigger }) => trigger.kind !== 'deployment');
  return Promise.all(served.map(async (spec) => localFunction(spec, await load(spec))));
}

function localFunction(spec: FunctionSpec, handler: Handler): LocalFunction {
  const limit = timeout(spec.timeoutSeconds * 1000, TimeoutStrategy.Aggressive);
  return {
    spec,
    checkConfiguration: () => handler.checkConfiguration?.(),
    async invoke(event) {
      try {
        return await limit.execute(() => handler(event as never, lambdaContext(spec, Date.now())));
      } catch (error) {
        if (!(error instanceof TaskCancelledError)) throw error;
        throw new Error(`${spec.name} did not end within ${spec.timeoutSeconds} seconds`, { cause: error });
      }
    },
  };
}
