import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cacheDirectory = fileURLToPath(new URL('../../../node_modules/.cache/strata', import.meta.url));

const isEmpty = async (directory: string) => (await readdir(directory).catch(() => [])).length === 0;

/**
 * Fills a new data directory from a prepared one: copying an initialised cluster takes a twentieth of the time
 * that initialising takes. The prepared one is made at the first use, by `initialise`, per version of PGlite.
 */
export async function fillFromTemplate(
  dataDirectory: string,
  initialise: (directory: string) => Promise<void>,
): Promise<void> {
  if (!(await isEmpty(dataDirectory))) return;
  const template = join(cacheDirectory, `postgres-${await pgliteVersion()}`);
  if (await isEmpty(template)) await prepare(template, initialise);
  await cp(template, dataDirectory, { recursive: true });
}

async function pgliteVersion(): Promise<string> {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'));
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
}

async function prepare(template: string, initialise: (directory: string) => Promise<void>) {
  await mkdir(cacheDirectory, { recursive: true });
  const draft = await mkdtemp(join(cacheDirectory, 'draft-'));
  try {
    await initialise(draft);
    // several services may prepare it at once: the first one wins, and it is whole from its first moment
    await rename(draft, template).catch(async (error: unknown) => {
      if (await isEmpty(template)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
