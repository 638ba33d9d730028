import { migrateStores } from '../../shared/deployment/migrate-stores.ts';
import type { DeploymentHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: DeploymentHandler<typeof spec> = (request, deps) => migrateStores(request, deps);
