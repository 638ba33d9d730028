import { redactionConfig, redactorFromConfig } from '../../memory/redaction/config.ts';
import type { Redactor } from '../../memory/redaction/redactor.ts';
import type { Provider } from '../../runtime/deps.ts';

export const redactorProvider: Provider<(tenantId: string) => Redactor, typeof redactionConfig> = {
  config: redactionConfig,
  build: redactorFromConfig,
};
