import { join } from 'node:path';
import { functionSpecs } from '../../functions/index.ts';
import { closeGraphs, graphConfig, runnerFor } from '../../shared/adapters/graph/provider.ts';
import { migrate } from '../../shared/adapters/postgres/migrate.ts';
import { endPools } from '../../shared/adapters/postgres/pool.ts';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { defaultAmbient } from '../../shared/runtime/observability/ambient.ts';
import { type Closers, closers } from './closers.ts';
import { lockData } from './data-lock.ts';
import { type EmbeddedAws, startEmbeddedAws, urlOfQueue } from './embedded/aws.ts';
import { type EmbeddedPart, embeddedPart } from './embedded/part.ts';
import { type EmbeddedPostgres, startPostgres } from './embedded/postgres.ts';
import { databaseRole, functionEnvironment, loggingEnvironment } from './environment.ts';
import { type LoadHandler, type LocalFunction, loadFromRepository, loadFunctions } from './functions.ts';
import { type Backend, type Gateway, startGateway } from './gateway/gateway.ts';
import { localIdentity, type TokenOptions } from './identity.ts';
import { recordIssuer } from './identity-environment.ts';
import { localSecret } from './local-secret.ts';
import { pollQueues } from './poll-queues.ts';
import { startSchedules } from './schedules.ts';
import { CannotStart, type Environment, type LocalSettings, localSettings } from './settings.ts';
import { startManagementServer } from './sockets/management-server.ts';

export type PartName = 'postgres' | 'cache' | 'queues' | 'bus' | 'sockets' | 'archive';

export interface LocalService {
  readonly url: string;
  readonly settings: LocalSettings;
  /** The parts that this host embeds: each can go away and come back, as in a fault. */
  readonly parts: Readonly<Partial<Record<PartName, EmbeddedPart>>>;
  /** The environment that the functions were given. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absent where the user's own identity provider issues the tokens. */
  readonly token: ((options: TokenOptions) => Promise<string>) | undefined;
  /** Runs a scheduled function now and answers what it answered. */
  runSchedule(name: string): Promise<unknown>;
  /** Finishes what is under way, then stops everything. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Settings; the process's own by default. */
  env?: Environment;
  functions?: readonly FunctionSpec[];
  load?: LoadHandler;
}

/**
 * Runs every function in this process behind a gateway, with embedded parts for what the settings do not name.
 * The functions read `process.env`, so one process runs one service.
 * @throws CannotStart for reasons that the user can do something about
 */
export async function startLocal(options: StartOptions = {}): Promise<LocalService> {
  const settings = localSettings(options.env ?? process.env);
  const cleanup = closers();
  try {
    return await start(settings, options, cleanup);
  } catch (error) {
    // the reason for not starting matters more than what goes wrong while leaving
    await cleanup.close().catch(() => undefined);
    throw error;
  }
}

async function start(
  settings: LocalSettings,
  options: StartOptions,
  cleanup: Closers,
): Promise<LocalService> {
  const { env = process.env, functions: specs = functionSpecs, load = loadFromRepository } = options;
  Object.assign(process.env, loggingEnvironment(env));
  const { logger } = defaultAmbient('local');
  const backend = Promise.withResolvers<Backend>();

  cleanup.add(await lockData(settings.dataDirectory));
  const gateway = await openGateway(settings, backend.promise, logger);
  cleanup.add(gateway.stop);
  // nothing is built at import, so a function that cannot be loaded is found before anything is started
  const functions = await loadFunctions(specs, load);
  const [postgres, aws] = await startParts(settings, functions, cleanup, logger);
  const sockets = await embeddedPart((port) => startManagementServer(gateway.connections, port));
  cleanup.add(sockets.stop);
  cleanup.add(endPools);
  cleanup.add(closeGraphs);
  // what it has taken is still delivered, for which the stores have to be there
  if (aws) cleanup.add(aws.bus.stop);

  const environment = functionEnvironment(env, settings, {
    port: gateway.port,
    postgres: postgres?.connectionString,
    dynamodb: aws?.cache?.endpoint,
    sqs: aws && { endpoint: aws.queues.endpoint, graphChangesQueueUrl: urlOfQueue(aws, 'graph-changes') },
    eventBridge: aws?.bus.endpoint,
    sockets: sockets.endpoint,
    s3: aws?.archive.endpoint,
    cursorKey: await localSecret(settings.dataDirectory, 'cursor'),
  });
  Object.assign(process.env, environment);
  // a wrong setting is said now, and not with the first request
  for (const local of functions) local.checkConfiguration();
  if (settings.neo4jUri !== undefined) await prepareGraph(environment);

  const identityEnv = { ...env, ...environment };
  const identity = localIdentity(identityEnv, logger);
  await recordIssuer(identityEnv, identity.issuer);
  const schedules = startSchedules(functions, logger, settings.scheduleSeconds);
  cleanup.add(pollQueues(functions, environment, logger));
  cleanup.add(schedules.stop);
  backend.resolve({ functions, authorize: identity.authorize });

  return {
    url: gateway.url,
    settings,
    environment,
    token: identity.token,
    runSchedule: schedules.run,
    async stop() {
      // what the gateway has taken in, the others still have to serve
      await gateway.stop();
      await cleanup.close();
    },
    parts: {
      sockets,
      ...(postgres && { postgres }),
      ...(aws && { queues: aws.queues, bus: aws.bus, archive: aws.archive }),
      ...(aws?.cache && { cache: aws.cache }),
    },
  };
}

/** Before anything slow: a port that is taken should be said at once. */
async function openGateway(
  { port, corsOrigins }: LocalSettings,
  backend: Promise<Backend>,
  logger: Logger,
): Promise<Gateway> {
  try {
    return await startGateway({ port, corsOrigins, backend, logger });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new CannotStart(`Port ${port} is in use. Stop what uses it, or choose another one with PORT=…`);
  }
}

/** Starts what the settings do not replace, all at once. */
async function startParts(
  settings: LocalSettings,
  functions: readonly LocalFunction[],
  cleanup: Closers,
  logger: Logger,
): Promise<[EmbeddedPostgres | undefined, EmbeddedAws | undefined]> {
  const postgres = openPostgres(settings).then((started) => {
    if (started) cleanup.add(started.close);
    return started;
  });
  const aws = (async () => {
    if (settings.aws) return undefined;
    const { queueVisibilitySeconds } = settings;
    const archiveDirectory = join(settings.dataDirectory, 'archive');
    const started = await startEmbeddedAws({ functions, archiveDirectory, queueVisibilitySeconds, logger });
    const parts = [started.cache, started.queues, started.bus, started.archive];
    cleanup.add(() => Promise.all(parts.map((part) => part?.stop())));
    return started;
  })();
  // both settled before a failure is thrown, so that whatever did start is stopped
  await Promise.allSettled([postgres, aws]);
  return [await postgres, await aws];
}

async function openPostgres({ databaseUrl, dataDirectory }: LocalSettings) {
  const bringUpToDate = (connectionString: string) => migrate({ connectionString });
  if (databaseUrl === undefined) {
    return startPostgres({
      dataDirectory: join(dataDirectory, 'postgres'),
      migrate: bringUpToDate,
      role: databaseRole,
    });
  }
  try {
    await bringUpToDate(databaseUrl);
  } catch (error) {
    throw new CannotStart(`The database of DATABASE_URL could not be brought up to date: ${reasonOf(error)}`);
  }
  return undefined;
}

/** Uniqueness constraints, without which concurrent writes would make twins. The embedded graph makes its own. */
async function prepareGraph(environment: Environment) {
  try {
    await runnerFor(graphConfig.parse(environment)).ensureSchema();
  } catch (error) {
    throw new CannotStart(`The graph of NEO4J_URI could not be prepared: ${reasonOf(error)}`);
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
