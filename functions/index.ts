import { spec as acceptEvents } from './accept-events/spec.ts';
import { spec as apiAdmin } from './api-admin/spec.ts';
import { spec as apiIdentity } from './api-identity/spec.ts';
import { spec as apiMemory } from './api-memory/spec.ts';
import { spec as fillEmbeddings } from './fill-embeddings/spec.ts';
import { spec as finishRestores } from './finish-restores/spec.ts';
import { spec as migrate } from './migrate/spec.ts';
import { spec as projectGraph } from './project-graph/spec.ts';
import { spec as pushToSockets } from './push-to-sockets/spec.ts';
import { spec as refreshStatistics } from './refresh-statistics/spec.ts';
import { spec as relayOutbox } from './relay-outbox/spec.ts';
import { spec as socket } from './socket/spec.ts';
import { spec as sweepSockets } from './sweep-sockets/spec.ts';
import { spec as sweepSync } from './sweep-sync/spec.ts';
import { spec as tierToArchive } from './tier-to-archive/spec.ts';

/** Every deployable function: the one list that hosts loop over. */
export const functionSpecs = [
  apiMemory,
  apiAdmin,
  apiIdentity,
  projectGraph,
  sweepSync,
  relayOutbox,
  acceptEvents,
  fillEmbeddings,
  refreshStatistics,
  socket,
  pushToSockets,
  sweepSockets,
  tierToArchive,
  finishRestores,
  migrate,
] as const;
