import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

/** The code of each function, as `npm run assets` left it. */
export interface Assets {
  codeOf(name: string): Code;
  /** Changes with the code and the files beside it. */
  revisionOf(name: string): string;
}

/** @throws Error when a function has no folder there */
export function assetsIn(directory: string): Assets {
  const folder = (name: string) => {
    const path = join(directory, name);
    if (!existsSync(path))
      throw new Error(`There is no code of ${name} in ${directory}: run npm run assets.`);
    return path;
  };
  return {
    codeOf: (name) => Code.fromAsset(folder(name)),
    revisionOf: (name) => FileSystem.fingerprint(folder(name)),
  };
}
