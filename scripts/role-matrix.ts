import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Operation } from '../shared/contracts/operation.ts';
import { operations } from '../shared/contracts/operations.ts';
import { type Role, roles, type Scope } from '../shared/contracts/scopes.ts';

const document = fileURLToPath(new URL('../docs/access.md', import.meta.url));
const [begin, end] = ['<!-- role matrix: begin -->', '<!-- role matrix: end -->'];
const roleNames = Object.keys(roles) as Role[];

const allows = (role: Role, { scope }: Operation): boolean =>
  scope === 'public' || scope === 'authenticated' || (roles[role] as readonly Scope[]).includes(scope);

/** Which role may do what, as a table of Markdown, from the operation table and the roles themselves. */
export function roleMatrix(): string {
  const rows = Object.entries<Operation>(operations).map(([id, operation]) => {
    const marks = roleNames.map((role) => (allows(role, operation) ? '✓' : '·'));
    return `| ${id} | \`${operation.method} ${operation.path}\` | ${operation.scope} | ${marks.join(' | ')} |`;
  });
  const heading = `| operation | route | scope | ${roleNames.join(' | ')} |`;
  return [heading, heading.replace(/[^|]+/g, '---'), ...rows].join('\n');
}

async function main(check: boolean): Promise<void> {
  const text = await readFile(document, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${document} has lost its markers.`);
  const fresh = `${before}${begin}\n${roleMatrix()}\n${end}${after}`;
  if (fresh === text) return;
  if (check) {
    console.error('docs/access.md does not match the contract: run npm run docs:roles');
    process.exitCode = 1;
    return;
  }
  await writeFile(document, fresh);
}

if (import.meta.main) await main(process.argv.includes('--check'));
