import { join } from 'node:path';
import { attempt } from './command.ts';
import { Missing } from './missing.ts';

/** Neo4j 5.26 runs on 17 and on 21. */
const oldest = 17;

/** The Java that Maven uses too. */
export const javaProgram = (): string =>
  process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';

/** @throws Missing naming what to install */
export async function checkJava(): Promise<void> {
  const version = (await attempt(javaProgram(), ['-version']))?.match(/version "(\d+)/)?.[1];
  if (version === undefined || Number(version) < oldest) {
    const found = version === undefined ? 'there is none' : `this machine has ${version}`;
    throw new Missing(
      `Java ${oldest} or later is needed, and ${found} (on Debian: apt install openjdk-17-jre-headless maven).`,
    );
  }
}

/** @throws Missing */
export async function checkMaven(): Promise<void> {
  if ((await attempt('mvn', ['--version'])) === undefined) {
    throw new Missing('Maven is needed to fetch the server (on Debian: apt install maven).');
  }
}
