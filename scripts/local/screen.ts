import { relative } from 'node:path';
import type { LocalService } from './start-local.ts';

const exampleTenant = 'demo';

export interface ScreenPlaces {
  /** From where it was started; paths below it are shown relative to it. */
  directory: string;
  logFile: string;
}

/** All that the host says when it is ready: how to use it, where its data is, how to stop it. */
export async function startScreen(service: LocalService, places: ScreenPlaces): Promise<string> {
  const token = await service.token?.({ tenant: exampleTenant });
  return `
  Strata is ready at ${service.url}

${token === undefined ? useOwnTokens : examples(service.url, token)}
  Data    ${near(service.settings.dataDirectory, places.directory)} (a restart keeps it)
  Stores  ${stores(service)}
  Log     ${near(places.logFile, places.directory)}
  API     ${service.url}/openapi.json
  Events  ${service.url.replace('http', 'ws')}/ws (docs/realtime.md)
  Stop    Ctrl-C
`;
}

const near = (path: string, directory: string) => {
  const steps = relative(directory, path);
  return steps.startsWith('..') ? path : `./${steps}`;
};

const useOwnTokens = '  Call it with a token of your own issuer, in the header Authorization: Bearer …\n';

const examples = (
  url: string,
  token: string,
) => `  Paste these three into another terminal. The token is for the tenant "${exampleTenant}" and lasts 12 hours.

  TOKEN=${token}

  Store a memory:
  ID=$(curl -s ${url}/api/memory -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{"agentId": "planner", "content": "Melanie prefers morning meetings in the Berlin office", "importance": 8}' | grep -oE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' | head -1); echo "$ID"

  Find it by meaning:
  curl -s ${url}/api/memory/search -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{"query": "when does Melanie like to meet?"}'

  Read it back:
  curl -s ${url}/api/memory/$ID -H "authorization: Bearer $TOKEN"
`;

function stores({ parts, settings }: LocalService): string {
  const list = [
    parts.postgres ? 'embedded Postgres' : 'Postgres of DATABASE_URL',
    settings.neo4jUri ? 'Neo4j of NEO4J_URI' : 'embedded graph',
    settings.aws ? 'cache, queue, bus and archive of AWS_ENDPOINT_URL' : undefined,
    !settings.aws && parts.cache ? 'embedded cache, queue, bus and archive' : undefined,
    !settings.aws && !parts.cache
      ? 'embedded queue, bus and archive, cache in memory (no DynamoDB for this platform)'
      : undefined,
  ];
  return list.filter((store) => store !== undefined).join(', ');
}
