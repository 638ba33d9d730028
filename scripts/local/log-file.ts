import { appendFileSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from './settings.ts';

/**
 * Functions write their log lines to standard output, as Lambda wants it. Here that is the user's terminal, so
 * from now on it goes to a file. Answers what still writes to the terminal, and the file's path.
 * @throws CannotStart when the folder or the file cannot be written
 */
export function logToFile(dataDirectory: string): { print: (text: string) => void; logFile: string } {
  const logFile = join(dataDirectory, 'strata.log');
  const file = openLog(dataDirectory, logFile);
  const print = process.stdout.write.bind(process.stdout) as (text: string) => boolean;
  const toFile = ((text: string | Uint8Array, ...rest: unknown[]) => {
    try {
      appendFileSync(file, text);
    } catch {
      // a full disk costs the line and not the service; a stream would end for good, and the process with it
    }
    const done = rest.find((argument) => typeof argument === 'function');
    done?.();
    return true;
  }) as typeof process.stdout.write;
  process.stdout.write = toFile;
  process.stderr.write = toFile;
  return { print: (text) => void print(text), logFile };
}

function openLog(dataDirectory: string, logFile: string): number {
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    return openSync(logFile, 'a', 0o600);
  } catch (error) {
    throw new CannotStart(
      `The data cannot be kept in ${dataDirectory} (${(error as NodeJS.ErrnoException).code}). Set STRATA_DATA to a folder that can be written.`,
    );
  }
}
