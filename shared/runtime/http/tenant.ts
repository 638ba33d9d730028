import type { Caller } from '../../contracts/caller.ts';
import { AppError } from '../../kernel/app-error.ts';

/**
 * The tenant comes from verified claims alone. A request may repeat it as `tenant_id`, and must then mean the same.
 * @throws AppError `tenant_mismatch`
 */
export function requireSameTenant(caller: Caller | undefined, parts: readonly unknown[]): void {
  for (const part of parts) {
    const named: unknown =
      typeof part === 'object' && part !== null ? Reflect.get(part, 'tenant_id') : undefined;
    if (caller && named !== undefined && named !== caller.tenantId) {
      throw new AppError('tenant_mismatch', 'Leave tenant_id out, or name the tenant of the token.');
    }
  }
}
