import { describe, expect, it } from 'vitest';
import { errorStatus } from '../../../shared/contracts/errors.ts';
import { errorsOf, openApiDocument } from '../../../shared/contracts/openapi.ts';
import type { Operation } from '../../../shared/contracts/operation.ts';
import { operations } from '../../../shared/contracts/operations.ts';

const describeAll = () => openApiDocument(operations, { title: 'Strata', version: '1.2.3' });
const document = describeAll() as unknown as {
  info: unknown;
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, unknown> };
};
interface Described {
  operationId: string;
  security: unknown[];
  parameters: { name: string; in: string; required: boolean }[];
  responses: Record<string, { content: Record<string, { schema: unknown }> }>;
  requestBody?: unknown;
}
const all: [string, Operation][] = Object.entries(operations);
const described = ({ method, path }: Operation) => document.paths[path]?.[method.toLowerCase()] as Described;

describe('the OpenAPI document', () => {
  it.each(all)('describes %s', (id, operation) => {
    const entry = described(operation);
    expect(entry.operationId).toBe(id);
    expect(entry.security).toEqual(operation.scope === 'public' ? [] : [{ bearer: [] }]);
    const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(entry.parameters.filter((one) => one.in === 'path')).toEqual(
      inPath.map((name) => expect.objectContaining({ name, required: true })),
    );
    expect(entry.requestBody !== undefined).toBe(operation.body !== undefined);
    for (const status of Object.keys(operation.responses)) {
      expect(entry.responses[status]?.content).toHaveProperty(['application/json']);
    }
    for (const code of errorsOf(operation)) {
      expect(JSON.stringify(entry.responses[errorStatus[code]])).toContain(`"${code}"`);
    }
  });

  it('has a component behind every reference', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, to]) => to as string,
    );
    expect(references.length).toBeGreaterThan(20);
    for (const reference of new Set(references)) {
      const [, name] = /^#\/components\/schemas\/(\w+)$/.exec(reference) ?? [];
      expect(document.components.schemas, reference).toHaveProperty(name as string);
    }
  });

  it('says which headers a write takes', () => {
    const names = described(operations.updateMemory).parameters.map(({ name }) => name);
    expect(names).toEqual(['id', 'Idempotency-Key', 'If-Match']);
  });

  it('is the same each time', () => {
    expect(JSON.stringify(describeAll())).toBe(JSON.stringify(document));
  });
});
