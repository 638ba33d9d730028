import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { createAwsResources, emulatedAws } from './aws-resources.ts';
import { logFileOf } from './logs.ts';
import { placeOf } from './places.ts';
import { launchDetached } from './processes.ts';
import { installPackages, pythonProgram } from './python.ts';
import type { Server } from './server.ts';

const version = '1.5.33';
const urlOf = (port: number) => `http://127.0.0.1:${port}`;

/** What an SDK needs to sign with; any key will do. */
const credentials = {
  AWS_REGION: emulatedAws.region,
  AWS_ACCESS_KEY_ID: emulatedAws.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: emulatedAws.credentials.secretAccessKey,
};

/** An emulator of AWS: cache, queues, bus, and whole stacks. It forgets everything when it ends. */
export const ministack: Server = {
  name: 'ministack',
  title: `MiniStack ${version} for AWS`,
  stopSignal: 'SIGTERM',

  // without cryptography it refuses every JWT
  install: () => installPackages([`ministack==${version}`, 'cryptography']),

  async launch(port) {
    const folder = placeOf('ministack');
    await mkdir(placeOf('ministack', 'tmp'), { recursive: true });
    // it unpacks functions in there: the package that they are part of must not be this repository's
    await writeFile(placeOf('ministack', 'tmp', 'package.json'), '{}');
    return launchDetached({
      command: pythonProgram('ministack'),
      args: [],
      env: {
        // functions run on the first node of the path, and it is to be this one
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        HOME: folder,
        TMPDIR: placeOf('ministack', 'tmp'),
        // by default it listens on every interface, twice
        BIND_HOST: '127.0.0.1',
        IOT_MTLS_ENABLED: '0',
        GATEWAY_PORT: String(port),
        MINISTACK_REGION: emulatedAws.region,
      },
      cwd: folder,
      logFile: logFileOf('ministack'),
    });
  },

  async reach(port) {
    const response = await fetch(`${urlOf(port)}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`its health check answers ${response.status}`);
  },

  prepare: async (port) => ({
    AWS_ENDPOINT_URL: urlOf(port),
    ...credentials,
    ...(await createAwsResources(urlOf(port))),
  }),
};
