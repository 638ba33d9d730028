import type * as z from 'zod';
import type { ApiKeyStore, PrincipalStore, TokenSigner, TokenVerifier } from '../access/ports.ts';
import type { Capability } from '../contracts/capabilities.ts';
import type { FunctionSpec } from '../contracts/function-spec.ts';
import type { DatabaseSchema, GraphSchema } from '../deployment/ports.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type {
  ArchiveCatalogue,
  ArchivePacks,
  ArchivePolicy,
  MemoryArchive,
  Operations,
} from '../lifecycle/ports.ts';
import type { KnownLimits, RateLimiter } from '../limits/ports.ts';
import type {
  AnswerStore,
  Embedder,
  EntityExtractor,
  MemoryCache,
  MemoryStore,
  PageCursors,
} from '../memory/ports.ts';
import type { MemoryGraph, RecallIndex, RecallStatistics } from '../memory/recall/ports.ts';
import type { Redactor } from '../memory/redaction/redactor.ts';
import type { EventStream, SocketConnections, Sockets } from '../realtime/ports.ts';
import type {
  EventPublisher,
  GraphChangeQueue,
  GraphProjection,
  Outbox,
  SyncState,
} from '../replication/ports.ts';

/** The port behind each capability. A capability without one does not compile (see below). */
export interface CapabilityPorts {
  memories: MemoryStore;
  recallIndex: RecallIndex;
  recallStatistics: RecallStatistics;
  answers: AnswerStore;
  syncState: SyncState;
  outbox: Outbox;
  graph: GraphProjection & MemoryGraph;
  hotCache: MemoryCache;
  graphChanges: GraphChangeQueue;
  eventBus: EventPublisher;
  embedder: Embedder;
  entityExtractor: EntityExtractor;
  /** The redactor of a tenant: tokens of one mean nothing to another. */
  redactor: (tenantId: string) => Redactor;
  memoryArchive: MemoryArchive;
  archivePacks: ArchivePacks;
  archiveCatalogue: ArchiveCatalogue;
  archivePolicy: ArchivePolicy;
  operations: Operations;
  pageCursors: PageCursors;
  apiKeys: ApiKeyStore;
  principals: PrincipalStore;
  rateLimits: RateLimiter;
  tenantLimits: KnownLimits;
  tokenSigner: TokenSigner;
  tokenVerifier: TokenVerifier;
  socketConnections: SocketConnections;
  eventStream: EventStream;
  sockets: Sockets;
  databaseSchema: DatabaseSchema;
  graphSchema: GraphSchema;
}
type Exactly<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Compiles only while both lists agree. @public */
export const everyCapabilityHasAPort: Exactly<keyof CapabilityPorts, Capability> = true;

/** What every function has without asking. */
export interface Ambient {
  clock: Clock;
  logger: Logger;
}

/** What a handler is given: the ports of the capabilities that its spec names, and no others. */
export type Deps<S extends FunctionSpec> = Pick<CapabilityPorts, S['uses'][number]> & Ambient;

/**
 * How one capability becomes its port: a piece of configuration, read from the environment and parsed once at
 * cold start, and a function that builds the adapter from it. Building must not connect.
 */
export interface Provider<T, C extends z.ZodObject = z.ZodObject> {
  readonly config: C;
  build(config: z.output<C>, ambient: Ambient): T;
}

/** One provider for each capability of a spec: leaving one out does not compile. */
export type Providers<S extends FunctionSpec> = {
  readonly [C in S['uses'][number]]: Provider<CapabilityPorts[C]>;
};
