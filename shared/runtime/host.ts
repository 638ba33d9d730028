import type { Environment } from './config.ts';
import type { Ambient } from './deps.ts';
import { defaultAmbient } from './observability/ambient.ts';
import { type Meter, powertoolsMeter } from './observability/meter.ts';

/** What surrounds a function: the real thing by default, replaced piece by piece in tests. */
export interface Host extends Ambient {
  readonly env: Environment;
  readonly meter: Meter;
}

/** Made at the first invocation and not at import, so that loading a bundle stays cheap. */
export const hostFor = (functionName: string, given: Partial<Host>): Host => ({
  env: process.env,
  ...defaultAmbient(functionName),
  meter: powertoolsMeter(functionName),
  ...given,
});
