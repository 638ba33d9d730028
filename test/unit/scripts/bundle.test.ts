import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleEntry, bundleFunction, entryFile } from '../../../scripts/bundle/bundle-function.ts';
import { chunkSizes, eagerFiles } from '../../../scripts/bundle/chunk-sizes.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-bundle-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const imports = (kind: 'import-statement' | 'dynamic-import' | 'require-call', path: string) => ({
  kind,
  path,
});
const output = (list: ReturnType<typeof imports>[]) => ({ bytes: 1, inputs: {}, exports: [], imports: list });

describe('eagerFiles', () => {
  it('follows static imports to the end, and neither lazy ones nor packages of Node', () => {
    const outputs = {
      [entryFile]: output([imports('import-statement', 'a.mjs'), imports('dynamic-import', 'lazy.mjs')]),
      'a.mjs': output([imports('import-statement', 'b.mjs'), imports('import-statement', 'node:fs')]),
      'b.mjs': output([imports('import-statement', 'a.mjs')]),
      'lazy.mjs': output([imports('import-statement', 'deep.mjs')]),
      'deep.mjs': output([]),
    };
    expect([...eagerFiles({ outputs })]).toEqual([entryFile, 'a.mjs', 'b.mjs']);
  });
});

describe('bundles', () => {
  it('makes a file of its own of what is imported lazily, and removes what was there before', async () => {
    const folder = join(directory, 'lazy');
    await bundleEntry({ code: 'export const handler = 1;' }, folder);
    await writeFile(join(folder, 'old.txt'), 'old');
    const code = "export const handler = async () => (await import('pg')).default.Pool.name;";
    const bundle = await bundleEntry({ code }, folder);

    const { eager, lazy } = await chunkSizes(bundle);
    expect(eager).toBeLessThan(5_000);
    expect(lazy).toBeGreaterThan(10_000);
    expect(Object.keys(bundle.metafile.outputs)).toContain(entryFile);
    await expect(writeFile(join(folder, 'old.txt'), '', { flag: 'wx' })).resolves.toBeUndefined();

    const { handler } = (await import(pathToFileURL(join(folder, entryFile)).href)) as {
      handler: () => Promise<string>;
    };
    // minified: its name is another, but the CommonJS package was loaded and has its class
    expect(typeof (await handler())).toBe('string');
  });

  it('fails for an entry that does not resolve', async () => {
    await expect(bundleFunction('no-such-function', join(directory, 'none'))).rejects.toThrow(
      'no-such-function',
    );
  });

  it('makes of a function what Lambda can load', async () => {
    const folder = join(directory, 'relay-outbox');
    await bundleFunction('relay-outbox', folder);
    const { handler } = (await import(pathToFileURL(join(folder, entryFile)).href)) as { handler: unknown };
    expect(handler).toBeTypeOf('function');
  });
});
