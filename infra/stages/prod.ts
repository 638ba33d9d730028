import type { StageSettings } from '../settings.ts';

export const prod: StageSettings = {
  stage: 'prod',
  region: 'eu-central-1',
  network: { zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'], natGateways: 3 },
  database: { kind: 'aurora', minCapacity: 2, maxCapacity: 64, readers: 1, proxy: true, backupDays: 35 },
  graph: {
    kind: 'external',
    uri: 'neo4j+s://prod.databases.neo4j.io',
    secretName: 'strata/prod/graph',
  },
  identity: { kind: 'own' },
  retain: true,
  archive: { instantRetrievalAfterDays: 30, deepArchiveAfterDays: 180, auditDays: 2_555 },
  eventArchiveDays: 90,
  limits: {
    requests: { perSecond: 200, burst: 400 },
    'memories-written': { perSecond: 500, burst: 5_000 },
    'memories-kept': 10_000_000,
  },
  throttle: { requestsPerSecond: 2_000, burst: 4_000 },
  // events of one tenant take turns anyway, and each run holds a connection to Postgres
  reservedConcurrency: { 'api-identity': 50, 'push-to-sockets': 20 },
  logDays: 90,
  tracing: true,
  alarms: {},
  objectives: { availabilityPercent: 99.9, writeP99Ms: 300 },
};
