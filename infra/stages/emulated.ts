import type { StageSettings } from '../settings.ts';

const endpoint = process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566';
const graphUri = process.env.NEO4J_URI ?? 'bolt://127.0.0.1:7687';

/**
 * An emulator of AWS on this machine, with the stores beside it: no network, no cluster, and none of the resources
 * that it does not know. Where it and the graph listen comes from the environment, as for the CLI that deploys.
 */
export const emulated: StageSettings = {
  stage: 'emulated',
  region: 'eu-west-1',
  database: {
    kind: 'external',
    // ten functions that start at once on a small machine connect in more than the second of a real one
    connectTimeoutMs: 15_000,
    secretName: 'strata/emulated/database',
    ownerSecretName: 'strata/emulated/database-owner',
  },
  graph: { kind: 'external', uri: graphUri, secretName: 'strata/emulated/graph' },
  identity: { kind: 'own' },
  retain: false,
  archive: { minPackMemories: 1, instantRetrievalAfterDays: 30, deepArchiveAfterDays: 180, auditDays: 1 },
  // an emulator takes longer than DynamoDB does, and tests mean to see the cache and the limits
  dynamodbTimeoutMs: 3_000,
  // the end-to-end suite plays more than a tenant would
  limits: {
    requests: { perSecond: 900, burst: 1_900 },
    'memories-written': { perSecond: 5_000, burst: 20_000 },
    'memories-kept': 1_000_000,
  },
  throttle: { requestsPerSecond: 1_000, burst: 2_000 },
  apiAddress: `${endpoint}/_aws/execute-api/{api}/$default`,
  socketAddress: `${endpoint}/_aws/execute-api/{api}/{stage}`,
  gatewayLogRole: false,
  logDays: 1,
  tracing: false,
  alarms: {},
};
