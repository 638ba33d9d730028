import { expect, it } from 'vitest';
import { resourcesOf, stages } from './stage.ts';

/** Contents of files and times of a build differ between machines and say nothing. */
const masked = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replace(/[0-9a-f]{64}/g, '<hash>')
      .replace(/\bmd5:[0-9a-f]{32}\b/g, '<hash>'),
  );

it('the stage `emulated` is as it was; where it changes on purpose, the snapshot changes with it', async () => {
  const { AWS_ENDPOINT_URL, NEO4J_URI } = process.env;
  expect([AWS_ENDPOINT_URL, NEO4J_URI]).toEqual([undefined, undefined]);
  const resources = resourcesOf(stages.emulated);
  await expect(JSON.stringify(masked(resources), null, 2)).toMatchFileSnapshot('emulated.snapshot.json');
});
