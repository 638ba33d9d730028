import { archivePolicyProvider } from '../../shared/adapters/archive-policy/provider.ts';
import { archiveCatalogueProvider } from '../../shared/adapters/postgres/archive-catalogue.ts';
import { archivePacksProvider } from '../../shared/adapters/s3/provider.ts';
import { scheduleFunction } from '../../shared/runtime/schedule-function.ts';
import { handler as tier } from './handler.ts';
import { spec } from './spec.ts';

export const handler = scheduleFunction(spec, tier, {
  archiveCatalogue: archiveCatalogueProvider,
  archivePacks: archivePacksProvider,
  archivePolicy: archivePolicyProvider,
});
