import * as z from 'zod';
import { AppError } from '../../kernel/app-error.ts';
import { fetchSecret } from '../secrets/stored-secret.ts';
import type { Neo4jSettings } from './neo4j-runner.ts';

/** Other fields, such as the address that Neo4j's own services put beside them, do not matter. */
const secret = z.object({ username: z.string().min(1).default('neo4j'), password: z.string().min(1) });

interface Given {
  GRAPH_USER?: string | undefined;
  GRAPH_PASSWORD?: string | undefined;
  GRAPH_SECRET_ARN?: string | undefined;
}

/** Undefined where the graph lets everybody in. A secret is fetched at each call: the driver keeps the answer. */
export function credentialsFrom(config: Given): Neo4jSettings['credentials'] {
  const { GRAPH_USER: user, GRAPH_PASSWORD: password = '', GRAPH_SECRET_ARN: secretArn } = config;
  if (secretArn !== undefined) return async () => fromSecret(await fetchSecret(secretArn));
  return user === undefined ? undefined : async () => ({ user, password });
}

function fromSecret(text: string) {
  const { data } = secret.safeParse(parseJson(text));
  if (!data) throw new AppError('internal', 'The secret of the graph holds no username and password.');
  return { user: data.username, password: data.password };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
