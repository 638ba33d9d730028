import type { GraphSchema } from '../../deployment/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { graphConfig, runnerFor } from './provider.ts';

export const graphSchemaProvider: Provider<GraphSchema, typeof graphConfig> = {
  config: graphConfig,
  build: (config) => ({ ensure: () => runnerFor(config).ensureSchema() }),
};
