import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../local/embedded/listen.ts';
import { emulatedAws } from '../services/aws-resources.ts';
import { tailOf } from '../services/logs.ts';
import { ministack } from '../services/ministack.ts';
import { endProcess, isRunning, type ProcessRecord } from '../services/processes.ts';

const readyMs = 30_000;
const graceMs = 10_000;

/** What an SDK or the CDK needs to reach the emulator. */
export const emulatorEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: emulatedAws.region,
  AWS_ACCESS_KEY_ID: emulatedAws.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: emulatedAws.credentials.secretAccessKey,
});

export interface Emulator {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** An AWS of its own, empty: what was deployed for somebody else stays out of the way, and all of it goes with it. */
export async function startEmulator(): Promise<Emulator> {
  await ministack.install();
  const port = await freePort();
  const running = await ministack.launch(port);
  const stop = () => endProcess(running, { signal: ministack.stopSignal, graceMs });
  try {
    await untilReached(port, running);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}

async function untilReached(port: number, running: ProcessRecord): Promise<void> {
  const deadline = Date.now() + readyMs;
  for (;;) {
    try {
      return await ministack.reach(port);
    } catch (error) {
      if (!(await isRunning(running)) || Date.now() > deadline) {
        const printed = await tailOf(ministack.name);
        throw new Error(`${ministack.title} does not answer:\n${printed}`, { cause: error });
      }
      await delay(100);
    }
  }
}
