import type { StageSettings } from '../settings.ts';

/** As production in kind, smaller in size: what is found here would have been found there. */
export const staging: StageSettings = {
  stage: 'staging',
  region: 'eu-central-1',
  network: { zones: ['eu-central-1a', 'eu-central-1b'], natGateways: 1 },
  database: { kind: 'aurora', minCapacity: 0.5, maxCapacity: 8, readers: 1, proxy: true, backupDays: 7 },
  graph: {
    kind: 'external',
    uri: 'neo4j+s://staging.databases.neo4j.io',
    secretName: 'strata/staging/graph',
  },
  identity: { kind: 'own' },
  retain: true,
  archive: { instantRetrievalAfterDays: 30, deepArchiveAfterDays: 180, auditDays: 30 },
  eventArchiveDays: 14,
  limits: {
    requests: { perSecond: 100, burst: 200 },
    'memories-written': { perSecond: 200, burst: 2_000 },
    'memories-kept': 1_000_000,
  },
  throttle: { requestsPerSecond: 500, burst: 1_000 },
  reservedConcurrency: { 'push-to-sockets': 10 },
  logDays: 30,
  tracing: true,
  alarms: {},
  objectives: { availabilityPercent: 99.9, writeP99Ms: 500 },
};
