import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The file that Lambda loads; its handler is `main.handler`. */
export const entryFile = 'main.mjs';

export interface Bundle {
  /** Absolute path of the folder: all of its code, no model files. */
  directory: string;
  /** What went into which file; paths of outputs are relative to the folder. */
  metafile: Metafile;
}

const settings = {
  absWorkingDir: repository,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  legalComments: 'none',
  // lazy imports become files of their own, which a cold start does not read
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  // Lambda takes .mjs for a module without a package.json beside it
  outExtension: { '.js': '.mjs' },
  // modules before CommonJS: unused exports of CommonJS cannot be dropped
  mainFields: ['module', 'main'],
  // pg's native binding is never installed, the embedded graph never deployed
  external: ['pg-native', '@grafeo-db/js'],
  // CommonJS packages call require, which a module does not have
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;

type Entry = { path: string } | { code: string };

/** Bundles one entry as functions are deployed, into an emptied folder. */
export async function bundleEntry(entry: Entry, directory: string): Promise<Bundle> {
  await rm(directory, { recursive: true, force: true });
  const source =
    'path' in entry
      ? { entryPoints: { main: entry.path } }
      : // standard input has no name of its own, so its output would be called stdin
        { stdin: { contents: entry.code, resolveDir: repository }, entryNames: 'main' };
  const { metafile } = await build({ ...settings, ...source, outdir: directory });
  return { directory, metafile: relativeTo(directory, metafile) };
}

/**
 * Bundles `functions/<name>/main.ts` the way it is deployed: as modules, minified, with the AWS SDK inside.
 * @param directory of this function alone; what was in it is removed
 */
export const bundleFunction = (name: string, directory: string): Promise<Bundle> =>
  bundleEntry({ path: join(repository, 'functions', name, 'main.ts') }, directory);

/** esbuild names outputs as seen from the repository, wherever the folder is. */
function relativeTo(directory: string, metafile: Metafile): Metafile {
  const short = (path: string) => relative(directory, resolve(repository, path));
  return {
    ...metafile,
    outputs: Object.fromEntries(
      Object.entries(metafile.outputs).map(([path, output]) => [
        short(path),
        {
          ...output,
          imports: output.imports.map((one) => (one.external ? one : { ...one, path: short(one.path) })),
        },
      ]),
    ),
  };
}
