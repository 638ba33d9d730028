import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import { systemClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Ambient } from '../deps.ts';
import { invocationFields } from './invocation.ts';

/** The name under which logs, metrics and traces of every function are found. */
export const serviceName = 'strata';

/** JSON lines in the format of Powertools, each with the fields of its invocation. Level: `LOG_LEVEL`. */
function powertoolsLogger(functionName: string): Logger {
  const logger = new PowertoolsLogger({ serviceName, persistentKeys: { function: functionName } });
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: Record<string, unknown>) =>
      logger[level](message, { ...invocationFields(), ...fields });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

export const defaultAmbient = (functionName: string): Ambient => ({
  clock: systemClock,
  logger: powertoolsLogger(functionName),
});
