import type { Capability } from './capabilities.ts';
import type { EventType } from './events.ts';
import type { OperationTable } from './operation.ts';

export type QueueName = 'graph-changes';

/** What invokes a function. */
export type Trigger =
  | { readonly kind: 'http'; readonly operations: OperationTable }
  | {
      readonly kind: 'queue';
      readonly queue: QueueName;
      readonly batchSize: number;
      readonly maximumConcurrency: number;
    }
  | { readonly kind: 'bus'; readonly events: readonly EventType[] }
  | { readonly kind: 'schedule'; readonly everyMinutes: number }
  /** Clients of the WebSocket API: they connect, send messages, and go. */
  | { readonly kind: 'socket' }
  /** Runs while a new version is deployed, before anything of it serves. */
  | { readonly kind: 'deployment' };

/** One deployable function as data: hosts loop over these, so they know of no function by name. */
export interface FunctionSpec {
  readonly name: string;
  readonly summary: string;
  readonly trigger: Trigger;
  readonly uses: readonly Capability[];
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
}

/** Keeps the literal types of a spec while checking its shape. */
export const defineFunction = <const S extends FunctionSpec>(spec: S): S => spec;
