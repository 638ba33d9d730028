/** Structured logging. Fields carry identifiers and counts, never the content of a memory. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

const nothing = () => undefined;
/** For tests and tools in which a log line would be noise. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
