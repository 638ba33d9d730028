import { ConfigurationError } from '../../shared/runtime/config.ts';
import { CannotStart } from './settings.ts';

/** Why something ended, for the terminal: a sentence where the user can do something about it, else the stack. */
export function explain(error: unknown): string {
  if (error instanceof CannotStart || error instanceof ConfigurationError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
