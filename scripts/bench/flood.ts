/**
 * What one tenant's flood does to another's latency, with the limits of tenants and without: docs/performance.md says
 * how to read it. Against services of its own on 127.0.0.1; `--rounds N`, `--requests N`, `--flood N` (a second) and
 * `--limit N` (a second) change it.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { floodClient } from './flood-client.ts';
import { type ForkedService, forkService } from './forked-service.ts';
import { compared, type Samples } from './measure.ts';
import { measuredTable, ratiosCount, writeReport } from './report.ts';
import { whenInterrupted } from './when-interrupted.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '100' },
    flood: { type: 'string', default: '200' },
    limit: { type: 'string', default: '10' },
  },
});
// bounded, whatever is asked for: this machine has other work to do
const rounds = Math.min(20, Number(options.rounds));
const requests = Math.min(1_000, Number(options.requests));
const floodPerSecond = Math.min(2_000, Number(options.flood));
const limit = Number(options.limit);

const limits = (perSecond: number) => ({
  LIMIT_REQUESTS_PER_SECOND: String(perSecond),
  LIMIT_REQUESTS_BURST: String(2 * perSecond),
});
const command = fileURLToPath(new URL('../limits.ts', import.meta.url));
const running: ForkedService[] = [];
const stop = async () => void (await Promise.all(running.map((service) => service.stop())));
whenInterrupted(stop);

/** The operator gives B more than it takes, so that what disturbs B is A alone. */
const exempt = ({ databaseUrl }: ForkedService) =>
  promisify(execFile)(
    process.execPath,
    [command, '--tenant', 'b', '--requests-per-second', '5000', '--burst', '10000'],
    { env: { ...process.env, DATABASE_URL: databaseUrl } },
  );

async function contender(name: string, perSecond: number) {
  const service = await forkService(limits(perSecond));
  running.push(service);
  await exempt(service);
  const client = async (tenant: string, seed: number) =>
    floodClient(service.url, await service.token(tenant), seed);
  const [a, b] = [await client('a', 1), await client('b', 2)];
  for (const tenant of [a, b]) await tenant.fill(500);
  await b.measure(20);
  return { name, a, b, statuses: new Map<number, number>(), seconds: 0, failed: 0 };
}

try {
  const alone: Samples = { name: 'alone', rounds: [] };
  const contenders = [
    await contender('beside a flood, within limits', limit),
    await contender('beside the same flood, without limits', 50_000),
  ];
  const flooded = contenders.map(({ name }): Samples => ({ name, rounds: [] }));
  for (let round = 0; round < rounds; round += 1) {
    const [limited] = contenders;
    if (limited) alone.rounds.push((await limited.b.measure(requests)).samples);
    for (const [index, each] of contenders.entries()) {
      const flood = each.a.flood(floodPerSecond);
      const { samples, failed } = await each.b.measure(requests);
      flooded[index]?.rounds.push(samples);
      each.failed += failed;
      const { statuses, seconds } = await flood.stop();
      each.seconds += seconds;
      for (const [status, count] of statuses) {
        each.statuses.set(status, (each.statuses.get(status) ?? 0) + count);
      }
    }
  }
  const measured = compared([alone, ...flooded], alone.name);
  console.log(`${measuredTable(`a search of B, ${rounds} rounds of up to ${requests}`, measured)}\n`);
  for (const [index, { name, failed }] of contenders.entries()) {
    const served = flooded[index]?.rounds.flat().length ?? 0;
    console.log(`B, ${name}: ${failed} of ${failed + served} requests failed`);
  }
  for (const { name, statuses, seconds } of contenders) {
    const [answered, refused] = [statuses.get(200) ?? 0, statuses.get(429) ?? 0];
    const rate = Math.round((answered + refused) / seconds);
    console.log(
      `A, ${name.replace('beside ', '')}: ${rate} requests a second, ${(rate / limit).toFixed(0)} times its limit of ${limit}; ` +
        `${answered} answered (${(answered / seconds).toFixed(1)} a second), ${refused} refused with 429`,
    );
  }
  const results = contenders.map(({ name, statuses, seconds, failed }) => ({
    name,
    failedOfB: failed,
    seconds,
    statuses: Object.fromEntries(statuses),
  }));
  console.log(`\n${ratiosCount}`);
  console.log(`\nWritten to ${await writeReport('flood', 'embedded', { measured, flood: results })}`);
} finally {
  await stop();
}
