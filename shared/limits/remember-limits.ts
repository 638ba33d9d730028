import type { TenantLimits } from '../contracts/tenant-limits.ts';
import type { Clock } from '../kernel/clock.ts';
import { leastRecent } from '../kernel/least-recent.ts';
import type { Logger } from '../kernel/logger.ts';
import type { KnownLimits, TenantLimitStore } from './ports.ts';

interface Options {
  store: TenantLimitStore;
  /** Of a tenant whose own cannot be read. */
  defaults: TenantLimits;
  clock: Clock;
  logger: Logger;
  /** The most that reading may cost a request. */
  budgetMs?: number;
}

interface Remembered {
  limits: TenantLimits;
  until: number;
  reading: Promise<void> | undefined;
}

const keptMs = 60_000;

/**
 * Limits as they were at most a minute ago, read once for all who ask at the same time. While the store does not
 * answer, what was known stands, or the defaults: a limit must not be what stops a request.
 */
export function rememberLimits({ store, defaults, clock, logger, budgetMs = 250 }: Options): KnownLimits {
  const tenants = leastRecent<Remembered>(() => ({ limits: defaults, until: 0, reading: undefined }));

  async function refresh(tenantId: string, known: Remembered): Promise<void> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, budgetMs);
    try {
      const read = store.standingOf(tenantId).then(({ limits }) => {
        known.limits = limits;
        return limits;
      });
      // too late for this request, and in time for the next
      read.catch(() => undefined);
      if ((await Promise.race([read, late.promise])) === undefined)
        logger.warn('limits of a tenant are late');
    } catch (error) {
      logger.warn('limits of a tenant cannot be read', {
        error: error instanceof Error ? error.name : String(error),
      });
    } finally {
      clearTimeout(timer);
      known.until = clock.now().getTime() + keptMs;
      known.reading = undefined;
    }
  }

  return {
    standingOf: (tenantId) => store.standingOf(tenantId),
    async limitsOf(tenantId) {
      const known = tenants.of(tenantId);
      if (known.until <= clock.now().getTime()) {
        known.reading ??= refresh(tenantId, known);
        await known.reading;
      }
      return known.limits;
    },
  };
}
