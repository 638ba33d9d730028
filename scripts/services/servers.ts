import { ministack } from './ministack.ts';
import { neo4jServer } from './neo4j.ts';
import { postgres } from './postgres.ts';
import type { Server, ServerName } from './server.ts';

/** Every server, in the order in which people read of them. */
export const servers: Readonly<Record<ServerName, Server>> = { postgres, neo4j: neo4jServer, ministack };
