import type * as z from 'zod';
import type { ErrorCode } from './errors.ts';
import type { Scope } from './scopes.ts';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/**
 * One operation of the service. Routes, the local gateway, OpenAPI, the SDK, the role matrix and the tests all
 * loop over tables of these, so none of them can drift from another.
 */
export interface Operation {
  readonly method: HttpMethod;
  /** Path with `{name}` for parameters. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description?: string;
  /** The scope that a caller needs; `public` needs no token, `authenticated` a token of any scope. */
  readonly scope: Scope | 'public' | 'authenticated';
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Bodies of success by status; errors are problem documents with one of `errors` or the common codes. */
  readonly responses: { readonly [status: number]: z.ZodType };
  readonly errors: readonly ErrorCode[];
  /** Takes `Idempotency-Key`: the same key and body again answers the first answer, with no second effect. */
  readonly idempotent?: boolean;
  /** Writes several memories: the list in the body that they stand in. Any other write is one. */
  readonly batch?: string;
  /** Takes `If-Match` with a version: 409 when the memory is at another one. */
  readonly conditional?: boolean;
}

export type OperationTable = { readonly [id: string]: Operation };

type Output<T> = T extends z.ZodType ? z.output<T> : undefined;

/** What a handler is given: every part validated, defaults filled in. */
export interface OperationInput<O extends Operation> {
  readonly params: Output<O['params']>;
  readonly query: Output<O['query']>;
  readonly body: Output<O['body']>;
}

/** What a handler may answer: a declared status with the body that belongs to it. */
export type OperationOutput<O extends Operation> = {
  [S in keyof O['responses'] & number]: {
    readonly status: S;
    readonly body: z.input<O['responses'][S]>;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[keyof O['responses'] & number];

/** Keeps the literal types of a table while checking its shape. */
export const defineOperations = <const T extends OperationTable>(table: T): T => table;
