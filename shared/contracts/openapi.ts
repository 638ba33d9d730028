import type * as z from 'zod';
import { commonErrors, type ErrorCode, errorStatus } from './errors.ts';
import { type JsonSchema, SchemaCollector } from './openapi/schemas.ts';
import type { Operation, OperationTable } from './operation.ts';

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly serverUrl?: string;
}
export type OpenApiDocument = { readonly openapi: '3.1.0' } & Record<string, unknown>;

/** The operation table as an OpenAPI 3.1 document. The same table gives the same document, key for key. */
export function openApiDocument(operations: OperationTable, options: OpenApiOptions): OpenApiDocument {
  const schemas = new SchemaCollector();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [id, operation] of Object.entries(operations)) {
    const methods = paths[operation.path] ?? {};
    methods[operation.method.toLowerCase()] = describeOperation(id, operation, schemas);
    paths[operation.path] = methods;
  }
  return {
    openapi: '3.1.0',
    info: { title: options.title, version: options.version },
    ...(options.serverUrl === undefined ? {} : { servers: [{ url: options.serverUrl }] }),
    paths: sorted(paths),
    components: {
      schemas: sorted(Object.fromEntries(schemas.components)),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function describeOperation(id: string, operation: Operation, schemas: SchemaCollector) {
  const { scope, body } = operation;
  return {
    operationId: id,
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(scope === 'public' ? { security: [] } : { security: [{ bearer: [] }], 'x-scope': scope }),
    parameters: [
      ...parametersOf('path', operation.params, schemas),
      ...parametersOf('query', operation.query, schemas),
      ...headersOf(operation),
    ],
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemas.convert(body, 'input') } },
          },
        }
      : {}),
    responses: responsesOf(operation, schemas),
  };
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined, schemas: SchemaCollector) {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemas.convert(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }));
}

function headersOf({ idempotent, conditional }: Operation) {
  const header = (name: string, description: string, schema: JsonSchema) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema,
  });
  return [
    ...(idempotent
      ? [
          header('Idempotency-Key', 'The same key and request again answers the first answer.', {
            type: 'string',
            pattern: '^[ -~]{1,255}$',
          }),
        ]
      : []),
    ...(conditional
      ? [header('If-Match', 'A version: 409 when the memory is at another one.', { type: 'string' })]
      : []),
  ];
}

function responsesOf(operation: Operation, schemas: SchemaCollector) {
  const responses: Record<string, { description: string; content: Record<string, unknown> }> = {};
  for (const [status, schema] of Object.entries(operation.responses)) {
    const content = { 'application/json': { schema: schemas.convert(schema, 'output') } };
    responses[status] = { description: 'Success', content };
  }
  for (const [status, codes] of Map.groupBy(errorsOf(operation), (code) => errorStatus[code])) {
    const problem = {
      allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
    };
    const declared = responses[status];
    responses[status] = {
      description: declared ? `${declared.description}, or ${codes.join(', ')}` : codes.join(', '),
      content: { ...declared?.content, 'application/problem+json': { schema: problem } },
    };
  }
  return sorted(responses);
}

/** The codes that an operation declares, and those that its shape brings along. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const { scope, body, idempotent, conditional } = operation;
  const identity: readonly ErrorCode[] = ['unauthenticated', 'forbidden', 'insufficient_scope'];
  const shaped: ErrorCode[] = [
    ...commonErrors.filter((code) => scope !== 'public' || !identity.includes(code)),
    ...(body ? (['malformed_json', 'payload_too_large', 'unsupported_media_type'] as const) : []),
    ...(idempotent ? (['invalid_idempotency_key', 'idempotency_key_reused'] as const) : []),
    ...(conditional ? (['invalid_if_match'] as const) : []),
  ];
  return [...new Set([...operation.errors, ...shaped])].sort();
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
