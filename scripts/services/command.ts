import { type ExecFileOptions, execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const linesShown = 15;

export type CommandOptions = Pick<ExecFileOptions, 'env' | 'cwd' | 'uid' | 'gid'>;

/** Runs a command to its end and answers what it printed. @throws with its last lines when it fails */
export async function run(command: string, args: string[], options: CommandOptions = {}): Promise<string> {
  try {
    const { stdout } = await execute(command, args, {
      ...options,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const printed = `${stdout}\n${stderr}`.trim().split('\n').slice(-linesShown).join('\n');
    throw new Error(`${command} ${args.join(' ')} failed: ${printed || String(error)}`, { cause: error });
  }
}

/** What the command printed on either stream, or undefined where it cannot be run. */
export async function attempt(
  command: string,
  args: string[],
  options: CommandOptions = {},
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await execute(command, args, { ...options, encoding: 'utf8' });
    return `${stdout}${stderr}`.trim();
  } catch {
    return undefined;
  }
}
