import { archiveCatalogueProvider } from '../../shared/adapters/postgres/archive-catalogue.ts';
import { operationsProvider } from '../../shared/adapters/postgres/operations.ts';
import { memoryArchiveProvider } from '../../shared/adapters/s3/provider.ts';
import { scheduleFunction } from '../../shared/runtime/schedule-function.ts';
import { handler as finish } from './handler.ts';
import { spec } from './spec.ts';

export const handler = scheduleFunction(spec, finish, {
  operations: operationsProvider,
  archiveCatalogue: archiveCatalogueProvider,
  memoryArchive: memoryArchiveProvider,
});
