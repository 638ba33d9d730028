import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import neo4j from 'neo4j-driver';
import { run } from './command.ts';
import { checkJava, checkMaven, javaProgram } from './java.ts';
import { logFileOf } from './logs.ts';
import { placeOf } from './places.ts';
import { launchDetached } from './processes.ts';
import { readRecord, writeRecord } from './records.ts';
import { passwordOf } from './secrets.ts';
import type { Server } from './server.ts';

const version = '5.26.30';
const user = 'neo4j';
/** Of a new server, which takes no other request until it was changed. */
const initialPassword = 'neo4j';

const pom = fileURLToPath(new URL('./pom.xml', import.meta.url));
const libraries = () => placeOf('neo4j', 'lib');
const home = () => placeOf('neo4j', 'home');
const urlOf = (port: number) => `bolt://127.0.0.1:${port}`;

const modules = ['java.base/java.nio', 'java.base/java.io', 'java.base/sun.nio.ch'];
const configuration = (port: number) => `server.bolt.listen_address=127.0.0.1:${port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size=64m
`;

/** Neo4j community, its libraries fetched by Maven. */
export const neo4jServer: Server = {
  name: 'neo4j',
  title: `Neo4j ${version} community`,
  stopSignal: 'SIGTERM',

  async install() {
    await checkJava();
    if ((await readRecord<string>('neo4j', 'installed')) === version) return;
    await checkMaven();
    await rm(libraries(), { recursive: true, force: true });
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies';
    const options = [`-DoutputDirectory=${libraries()}`, '-DincludeScope=runtime'];
    await mkdir(libraries(), { recursive: true });
    await run('mvn', ['--quiet', '--batch-mode', '--file', pom, copy, ...options], {
      cwd: placeOf('neo4j'),
    });
    await writeRecord('neo4j', 'installed', version);
  },

  async launch(port) {
    await mkdir(`${home()}/conf`, { recursive: true });
    await writeFile(`${home()}/conf/neo4j.conf`, configuration(port));
    return launchDetached({
      command: javaProgram(),
      args: [
        ...modules.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
        '-Dlog4j2.disable.jmx=true',
        '-Xmx512m',
        '-cp',
        `${libraries()}/*`,
        'org.neo4j.server.CommunityEntryPoint',
        `--home-dir=${home()}`,
        `--config-dir=${home()}/conf`,
      ],
      env: { PATH: process.env.PATH, HOME: home() },
      cwd: placeOf('neo4j'),
      logFile: logFileOf('neo4j'),
    });
  },

  /** A new server answers as well, with the password that it comes with. */
  async reach(port) {
    await connected(port, await currentPassword(), (driver) => driver.verifyAuthentication());
  },

  async prepare(port) {
    const password = await passwordOf('neo4j');
    if ((await currentPassword()) !== password) {
      await connected(port, initialPassword, (driver) =>
        driver.executeQuery(
          'ALTER CURRENT USER SET PASSWORD FROM $old TO $new',
          { old: initialPassword, new: password },
          { database: 'system' },
        ),
      );
      await writeRecord('neo4j', 'password-set', true);
    }
    return { NEO4J_URI: urlOf(port), NEO4J_USER: user, NEO4J_PASSWORD: password };
  },
};

const currentPassword = async () =>
  (await readRecord<boolean>('neo4j', 'password-set')) ? passwordOf('neo4j') : initialPassword;

async function connected(
  port: number,
  password: string,
  work: (driver: ReturnType<typeof neo4j.driver>) => Promise<unknown>,
): Promise<void> {
  const driver = neo4j.driver(urlOf(port), neo4j.auth.basic(user, password), {
    connectionTimeout: 2_000,
    maxTransactionRetryTime: 0,
    telemetryDisabled: true,
  });
  try {
    await work(driver);
  } finally {
    await driver.close();
  }
}
