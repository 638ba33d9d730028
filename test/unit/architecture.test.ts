import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = new URL('../..', import.meta.url).pathname;
const { default: rules } = (await import(join(repository, '.dependency-cruiser.mjs'))) as {
  default: { forbidden: { name: string }[]; options: object };
};
const value = 'export const value = 1;\n';
const imports = (...modules: string[]) =>
  `${modules.map((module, index) => `export * as m${index} from '${module}';`).join('\n')}\n`;

/** Files of a small project that keeps every rule. */
const clean: Record<string, string> = {
  'shared/contracts/table.ts': imports('zod'),
  'shared/kernel/tool.ts': imports('../contracts/table.ts'),
  'shared/memory/use.ts': imports('../kernel/tool.ts', '../contracts/table.ts', './model.ts'),
  'shared/memory/model.ts': value,
  'shared/access/ports.ts': value,
  'shared/adapters/postgres/store.ts': imports('pg', '../../memory/model.ts'),
  'shared/runtime/http.ts': imports('@middy/core'),
  'functions/store/spec.ts': imports('../../shared/contracts/table.ts'),
  'functions/store/handler.ts': imports('../../shared/memory/use.ts'),
  'functions/store/main.ts': imports('../../shared/adapters/postgres/store.ts', './handler.ts'),
  'functions/recall/spec.ts': value,
  'functions/recall/handler.ts': value,
  'functions/index.ts': imports('./store/spec.ts', './recall/spec.ts'),
  'infra/app.ts': imports(
    '../functions/index.ts',
    '../functions/store/spec.ts',
    '../shared/contracts/table.ts',
  ),
  'scripts/run.ts': value,
};

/** For each rule, files that break it, and by whom it is broken. */
const violations: [rule: string, file: string, text: string][] = [
  ['no-cycles', 'shared/memory/model.ts', imports('./use.ts')],
  ['no-cycles', 'shared/memory/model.ts', "export type { m0 } from './use.ts';\n"],
  ['not-to-unresolvable', 'shared/memory/model.ts', imports('./nowhere.ts')],
  ['contracts-stand-alone', 'shared/contracts/table.ts', imports('pg')],
  ['contracts-stand-alone', 'shared/contracts/table.ts', imports('node:fs')],
  ['contracts-stand-alone', 'shared/contracts/table.ts', imports('../access/ports.ts')],
  ['kernel-stands-alone', 'shared/kernel/tool.ts', imports('../access/ports.ts')],
  ['domain-knows-no-technology', 'shared/memory/model.ts', imports('../adapters/postgres/store.ts')],
  ['domain-knows-no-technology', 'shared/memory/model.ts', "export type { Pool } from 'pg';\n"],
  ['domain-knows-no-technology', 'shared/memory/model.ts', imports('neo4j-driver')],
  ['domain-knows-no-technology', 'shared/memory/model.ts', imports('@aws-sdk/client-sqs')],
  ['domain-knows-no-technology', 'shared/memory/model.ts', imports('../runtime/http.ts')],
  ['domains-meet-in-contracts', 'shared/memory/model.ts', imports('../access/ports.ts')],
  ['shared-below-hosts', 'shared/runtime/http.ts', imports('../../functions/index.ts')],
  ['shared-below-hosts', 'shared/runtime/http.ts', imports('../../scripts/run.ts')],
  ['shared-below-hosts', 'shared/runtime/http.ts', imports('../../infra/app.ts')],
  ['infra-maps-specs', 'infra/app.ts', imports('../functions/store/handler.ts')],
  ['infra-maps-specs', 'infra/app.ts', imports('../shared/memory/model.ts')],
  [
    'handler-builds-nothing',
    'functions/store/handler.ts',
    imports('../../shared/adapters/postgres/store.ts'),
  ],
  ['handler-builds-nothing', 'functions/store/handler.ts', imports('@aws-sdk/client-sqs')],
  ['specs-are-data', 'functions/store/spec.ts', imports('./handler.ts')],
  ['functions-apart', 'functions/store/handler.ts', imports('../recall/handler.ts')],
  ['no-development-packages', 'shared/memory/model.ts', imports('fast-check')],
];

const folders: string[] = [];
async function project(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-rules-'));
  folders.push(folder);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  for (const shared of ['node_modules', 'package.json', 'tsconfig.json']) {
    await symlink(join(repository, shared), join(folder, shared));
  }
  return folder;
}

/** Names of the rules that a project breaks. */
async function broken(baseDir: string): Promise<string[]> {
  const { options, forbidden } = rules;
  const result = await cruise(['shared', 'functions', 'infra', 'scripts'], {
    ...options,
    baseDir,
    validate: true,
    ruleSet: { forbidden },
  } as never);
  if (typeof result.output === 'string') throw new Error('expected a result, not a report');
  return [...new Set(result.output.summary.violations.map(({ rule }) => rule.name))].sort();
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe('the rules of the layout', () => {
  let root: string;
  beforeAll(async () => {
    root = await project(clean);
  });

  it('let a clean project pass', async () => {
    expect(await broken(root)).toEqual([]);
  });

  it.each(violations)('%s is broken by %s with %s', async (rule, file, text) => {
    expect(await broken(await project({ ...clean, [file]: text }))).toContain(rule);
  });

  it('are each broken by one of these', () => {
    const tried = new Set(violations.map(([rule]) => rule));
    expect([...tried].sort()).toEqual(rules.forbidden.map(({ name }) => name).sort());
  });
});
