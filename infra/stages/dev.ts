import type { StageSettings } from '../settings.ts';

/** For trying things out: everything in one account, small, and gone when it is destroyed. */
export const dev: StageSettings = {
  stage: 'dev',
  region: 'eu-central-1',
  network: { zones: ['eu-central-1a', 'eu-central-1b'], natGateways: 1 },
  database: { kind: 'aurora', minCapacity: 0.5, maxCapacity: 4, proxy: false, backupDays: 1 },
  graph: { kind: 'self-hosted', volumeGb: 20 },
  identity: { kind: 'own' },
  retain: false,
  archive: { instantRetrievalAfterDays: 30, deepArchiveAfterDays: 180, auditDays: 1 },
  limits: {
    requests: { perSecond: 50, burst: 100 },
    'memories-written': { perSecond: 100, burst: 1_000 },
    'memories-kept': 100_000,
  },
  throttle: { requestsPerSecond: 200, burst: 400 },
  logDays: 14,
  tracing: true,
  alarms: {},
};
