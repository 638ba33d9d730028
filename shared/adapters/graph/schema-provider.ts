import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import type { GraphSchema } from '../../deployment/ports.ts';
import { isAppError } from '../../kernel/app-error.ts';
import type { Provider } from '../../runtime/deps.ts';
import { graphConfig, runnerFor } from './provider.ts';

/** Five minutes: a machine that the same deployment makes takes a while until its graph answers. */
const patience = { maxAttempts: 30, backoff: new ConstantBackoff(10_000) };

export const graphSchemaProvider: Provider<GraphSchema, typeof graphConfig> = {
  config: graphConfig,
  build: (config, { logger }) => {
    const patiently = retry(
      handleWhen((error) => isAppError(error) && error.retryable),
      patience,
    );
    patiently.onRetry(() => logger.warn('the graph does not answer yet'));
    return { ensure: () => patiently.execute(() => runnerFor(config).ensureSchema()) };
  },
};
