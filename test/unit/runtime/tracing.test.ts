import { describe, expect, it } from 'vitest';
import { tracing } from '../../../shared/runtime/observability/tracing.ts';

describe('tracing', () => {
  it.each([
    ['is not asked for', { AWS_LAMBDA_FUNCTION_NAME: 'things' }],
    ['is asked for outside Lambda, where no segment is open', { POWERTOOLS_TRACE_ENABLED: 'true' }],
  ])('does nothing when it %s', async (_name, env) => {
    const trace = await tracing(env);
    expect(await trace('things', async () => 7)).toBe(7);
    const fault = new Error('x');
    await expect(trace('things', () => Promise.reject(fault))).rejects.toBe(fault);
  });
});
