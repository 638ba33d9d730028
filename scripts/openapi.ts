import { readFile, writeFile } from 'node:fs/promises';
import { openApiDocument } from '../shared/contracts/openapi.ts';
import { operations } from '../shared/contracts/operations.ts';

/** Writes docs/openapi.json from the operation table; with `--check`, fails when the file is not up to date. */
const file = new URL('../docs/openapi.json', import.meta.url);
const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const wanted = `${JSON.stringify(openApiDocument(operations, { title: 'Strata', version }), null, 2)}\n`;

if (process.argv.includes('--check')) {
  const present = await readFile(file, 'utf8').catch(() => '');
  if (present !== wanted) {
    console.error('docs/openapi.json is not what the operation table says; run `npm run openapi`.');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, wanted);
  console.log(`docs/openapi.json: ${Object.keys(operations).length} operations`);
}
