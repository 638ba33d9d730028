import * as z from 'zod';
import { filter } from '../memory/filter.ts';
import { entity, memory, warning } from '../memory/model.ts';

export type JsonSchema = Record<string, unknown>;

/** Schemas that many operations share, each a component of its own instead of a copy in every place. */
const named = z.registry<{ id: string }>();
named.add(memory, { id: 'Memory' });
named.add(entity, { id: 'Entity' });
named.add(warning, { id: 'Warning' });
named.add(filter, { id: 'Filter' });

/** RFC 9457, with a stable `code`. */
const problem: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; clients branch on it.' },
    detail: { type: 'string', description: 'One sentence that says what to change.' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    details: { type: 'object', description: 'Facts that belong to the code.' },
  },
};

/** Collects components while schemas are turned into JSON Schema. */
export class SchemaCollector {
  readonly components = new Map<string, JsonSchema>([['Problem', problem]]);
  /** zod numbers recursive schemas anew in every call; equal ones are kept once. */
  readonly #anonymous = new Map<string, string>();

  /** @param io what a client sends is the input of a schema, what it gets is the output */
  convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _,
      $defs,
      ...root
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      metadata: named,
      // clients have to bear fields that a later version adds
      override: ({ jsonSchema }) => {
        if (io === 'output' && jsonSchema.additionalProperties === false)
          delete jsonSchema.additionalProperties;
      },
    }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
    const names = new Map(Object.entries($defs ?? {}).map(([key, value]) => [key, this.#nameOf(key, value)]));
    for (const [key, value] of Object.entries($defs ?? {})) {
      this.components.set(names.get(key) ?? key, relinked(value, names));
    }
    return relinked(root, names);
  }

  #nameOf(key: string, schema: JsonSchema): string {
    if (!key.startsWith('__')) return key;
    const content = JSON.stringify(schema).replaceAll(`#/$defs/${key}`, '#');
    const name = this.#anonymous.get(content) ?? `Schema${this.#anonymous.size + 1}`;
    this.#anonymous.set(content, name);
    return name;
  }
}

/** The same schema with its local references pointing at components; zod's own bookkeeping left out. */
function relinked(schema: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  const text = JSON.stringify(schema, (key, value: unknown) => {
    if (key === 'id' && typeof value === 'string') return undefined;
    if (key !== '$ref' || typeof value !== 'string') return value;
    const name = value.slice('#/$defs/'.length);
    return `#/components/schemas/${names.get(name) ?? name}`;
  });
  return JSON.parse(text) as JsonSchema;
}
