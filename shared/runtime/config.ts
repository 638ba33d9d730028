import type * as z from 'zod';

/** Every environment variable of a function that is missing or wrong, in one error; values are never repeated. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly variables: readonly string[];

  constructor(functionName: string, problems: ReadonlyMap<string, string>) {
    const list = [...problems].map(([variable, problem]) => `${variable} ${problem}`).join('; ');
    super(`The configuration of ${functionName} is not complete: ${list}`);
    this.variables = [...problems.keys()];
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses each piece of configuration from the same environment.
 * @param pieces one zod object per capability; its keys are names of environment variables
 * @throws ConfigurationError naming everything that is wrong in any of them
 */
export function parseConfig<K extends string>(
  functionName: string,
  pieces: Readonly<Record<K, z.ZodObject>>,
  env: Environment,
): Record<K, unknown> {
  const problems = new Map<string, string>();
  const parsed = {} as Record<K, unknown>;
  for (const piece of Object.keys(pieces) as K[]) {
    const result = pieces[piece].safeParse(env);
    if (result.success) parsed[piece] = result.data;
    for (const issue of result.error?.issues ?? []) {
      const variable = String(issue.path[0] ?? piece);
      // the code, not the message: a custom message may be built from the value, which may be a secret
      problems.set(variable, env[variable] === undefined ? 'is missing' : `is not valid (${issue.code})`);
    }
  }
  if (problems.size > 0) throw new ConfigurationError(functionName, problems);
  return parsed;
}
