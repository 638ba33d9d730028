import { writeSync } from 'node:fs';
import { obeyParent } from './control.ts';
import { explain } from './explain.ts';
import { logToFile } from './log-file.ts';
import { startScreen } from './screen.ts';
import { localSettings } from './settings.ts';
import { startLocal } from './start-local.ts';

const standardError = 2;

/** An empty variable counts as none for the functions too: as a number it would be 0. */
function dropEmptyVariables() {
  for (const [name, value] of Object.entries(process.env)) if (value === '') delete process.env[name];
}

async function main() {
  dropEmptyVariables();
  const { print, logFile } = logToFile(localSettings(process.env).dataDirectory);
  const service = await startLocal();

  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        writeSync(standardError, `${explain(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  print(await startScreen(service, { directory: process.cwd(), logFile }));
  obeyParent(service, stop);
}

try {
  await main();
} catch (error) {
  // written at once: standard error may already lead to the log file, and the process ends here
  writeSync(standardError, `${explain(error)}\n`);
  process.exit(1);
}
