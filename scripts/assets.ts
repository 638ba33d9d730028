/**
 * Makes the folder of each function as Lambda gets it, under `dist/lambda`: the bundle and the files that it reads.
 * The CDK runs this before it synthesises.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { functionSpecs } from '../functions/index.ts';
import type { Capability } from '../shared/contracts/capabilities.ts';
import { bundleFunction } from './bundle/bundle-function.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
const assets = join(repository, 'dist', 'lambda');

/** Folders that the adapter of a capability reads, and where it looks for them beside the code. */
const filesOf: Partial<Record<Capability, readonly [from: string, to: string][]>> = {
  embedder: [['models/static-minilm', 'models/static-minilm']],
  databaseSchema: [['shared/adapters/postgres/migrations', 'migrations']],
};

await Promise.all(
  functionSpecs.map(async ({ name, uses }) => {
    const { directory } = await bundleFunction(name, join(assets, name));
    for (const [from, to] of uses.flatMap((capability: Capability) => filesOf[capability] ?? [])) {
      await cp(join(repository, from), join(directory, to), { recursive: true });
    }
  }),
);
