import { expect, it } from 'vitest';
import { resourcesOf, stages } from './stage.ts';

/** Contents of files differ with every change of the code and say nothing here. */
const masked = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/[0-9a-f]{64}/g, '<hash>'));

it('the stage `emulated` is as it was; where it changes on purpose, the snapshot changes with it', async () => {
  const resources = resourcesOf({
    ...stages.emulated,
    // wherever the emulator of this machine is
    apiAddress: 'http://127.0.0.1:4566/_aws/execute-api/{api}/$default',
    socketAddress: 'http://127.0.0.1:4566/_aws/execute-api/{api}/{stage}',
    graph: { kind: 'external', uri: 'bolt://127.0.0.1:7687' },
  });
  await expect(JSON.stringify(masked(resources), null, 2)).toMatchFileSnapshot('emulated.snap');
});
