import type { WireMemory } from '../contracts/memory/model.ts';
import type { Memory } from './model.ts';

/** Importance is 0 to 10 on the wire and 0 to 1 inside; rounding hides the binary fraction, both ways. */
export const importanceToWire = (importance: number): number => Math.round(importance * 10_000) / 1_000;
export const importanceFromWire = (importance: number): number => Math.round(importance * 1_000) / 10_000;

/** A memory as the operations under /api and /memory answer it. */
export const toWire = (memory: Memory): WireMemory => ({
  ...memory,
  importance: importanceToWire(memory.importance),
});
