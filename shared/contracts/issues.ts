import type * as z from 'zod';

export interface Issue {
  /** `body.items[3].content`, `query.limit`, `path.id`. */
  readonly path: string;
  readonly message: string;
}

type ZodIssue = z.core.$ZodIssue;

const maximumIssues = 20;
const maximumText = 200;

/** What is wrong with one part of a request, said without repeating any value of it. */
export function issuesOf(part: 'path' | 'query' | 'body' | 'message' | 'item', error: z.ZodError): Issue[] {
  return error.issues
    .flatMap((issue) => explained(issue))
    .slice(0, maximumIssues)
    .map((issue) => ({ path: shortened(pathOf(part, issue.path)), message: shortened(issue.message) }));
}

/** A union only says that nothing fitted; the branch whose complaint lies deepest is the one that was meant. */
function explained(issue: ZodIssue): ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const depth = (branch: readonly ZodIssue[]) => Math.max(0, ...branch.map((inner) => inner.path.length));
  const branch = issue.errors.reduce((best, next) => (depth(next) > depth(best) ? next : best));
  if (depth(branch) === 0) return [{ ...issue, message: alternatives(issue.errors) ?? issue.message }];
  return branch.flatMap((inner) => explained({ ...inner, path: [...issue.path, ...inner.path] }));
}

const alternatives = (branches: readonly (readonly ZodIssue[])[]): string | undefined => {
  const messages = branches.flatMap((branch) => branch.slice(0, 1).map((issue) => issue.message));
  return messages.length > 0 ? [...new Set(messages)].join(', or ') : undefined;
};

const pathOf = (part: string, path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}.${String(step)}`),
    part,
  );

const shortened = (text: string) => (text.length > maximumText ? `${text.slice(0, maximumText)}…` : text);
