import { embedderProvider } from '../../shared/adapters/embeddings/provider.ts';
import { memoriesProvider } from '../../shared/adapters/postgres/memory-store.ts';
import { scheduleFunction } from '../../shared/runtime/schedule-function.ts';
import { handler as fill } from './handler.ts';
import { spec } from './spec.ts';

export const handler = scheduleFunction(spec, fill, {
  memories: memoriesProvider,
  embedder: embedderProvider,
});
