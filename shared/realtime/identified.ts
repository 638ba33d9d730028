import { AppError } from '../kernel/app-error.ts';
import type { Connection, Service } from './model.ts';

/** @throws AppError `not_identified` for a connection that has not said which service it is */
export function identified(connection: Connection): Service {
  const { serviceId } = connection;
  if (serviceId !== undefined) return { ...connection, serviceId };
  throw new AppError(
    'not_identified',
    'Send {"type":"identify","serviceId":"…"} and wait for its answer first.',
  );
}
