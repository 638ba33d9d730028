import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Functions write their log lines to standard output, as Lambda wants it. Here that is the user's terminal, so
 * from now on it goes to a file. Answers what still writes to the terminal, and the file's path.
 */
export function logToFile(dataDirectory: string): { print: (text: string) => void; logFile: string } {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const logFile = join(dataDirectory, 'strata.log');
  const print = process.stdout.write.bind(process.stdout) as (text: string) => boolean;
  const file = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  const toFile = file.write.bind(file) as typeof process.stdout.write;
  process.stdout.write = toFile;
  process.stderr.write = toFile;
  return { print: (text) => void print(text), logFile };
}
