import { graphSchemaProvider } from '../../shared/adapters/graph/schema-provider.ts';
import { databaseSchemaProvider } from '../../shared/adapters/postgres/database-schema.ts';
import { deploymentFunction } from '../../shared/runtime/deployment-function.ts';
import { handler as migrate } from './handler.ts';
import { spec } from './spec.ts';

export const handler = deploymentFunction(spec, migrate, {
  databaseSchema: databaseSchemaProvider,
  graphSchema: graphSchemaProvider,
});
