import neo4j from 'neo4j-driver';

export interface GraphAccess {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
}

/** Removes all that the graph has of these tenants. */
export async function clearGraph(access: GraphAccess, tenants: readonly string[]): Promise<void> {
  const driver = neo4j.driver(access.uri, neo4j.auth.basic(access.username, access.password));
  try {
    await driver.executeQuery('MATCH (n) WHERE n.tenantId IN $tenants DETACH DELETE n', { tenants });
  } finally {
    await driver.close();
  }
}
