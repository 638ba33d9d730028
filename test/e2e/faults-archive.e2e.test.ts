import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { type Behind, lookBehind, readPastCache } from './support/archive.ts';
import { dataFolder } from './support/faults.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { describeLocal, openTarget, type Target } from './support/target.ts';

describeLocal('the archive', () => {
  let data: Awaited<ReturnType<typeof dataFolder>>;
  let target: Target;
  let api: Http;
  let behind: Behind;
  const open = async () => {
    target = await openTarget({ dataDirectory: data.path });
    api = await target.as('a');
    behind = await lookBehind(target, 'a');
  };
  beforeAll(async () => {
    data = await dataFolder();
    await open();
  });
  afterAll(async () => {
    await behind.close();
    await target.close();
    await data.remove();
  });

  const content = (name: string) =>
    `${name} of the northern harbour, in the words of its keeper. `.repeat(12).trim();
  const stored = async (name: string): Promise<Json> =>
    expectStatus(await api.post('/api/memory', { content: content(name) }), 201).memory;

  it('is away: what is cold waits, what is warm goes on, what is due stays, and nothing is lost', async () => {
    const [cold, due] = [await stored('The first ledger'), await stored('The second ledger')];
    await behind.archive(cold.id);
    await target.service.stopPart('archive');

    const refused = await readPastCache(api, cold.id);
    expectProblem(refused, 'archive_unavailable');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expectProblem(await api.post(`/api/memory/${cold.id}/restore`), 'archive_unavailable');
    expectProblem(await api.patch(`/api/memory/${cold.id}`, { importance: 1 }), 'archive_unavailable');
    const found = expectStatus(await api.post('/api/memory/search', { query: 'the first ledger' }), 200);
    expect(found.results[0].memory).toMatchObject({ id: cold.id, tier: 'cold' });
    await expect(behind.archive(due.id)).rejects.toThrow();
    expect(expectStatus(await readPastCache(api, due.id), 200).memory).toMatchObject({ tier: 'warm' });

    await target.service.startPart('archive');
    expect(expectStatus(await readPastCache(api, cold.id), 200).memory.content).toBe(cold.content);
    expect(await behind.archive(due.id)).toMatchObject({ archived: 1, failed: 0 });
  });

  it('outlives a kill of the service', async () => {
    const memory = await stored('The third ledger');
    await behind.archive(memory.id);
    await behind.close();
    await target.service.kill();
    await open();
    expect(expectStatus(await api.get(`/api/memory/${memory.id}`), 200).memory).toMatchObject({
      tier: 'cold',
      content: memory.content,
    });
  });

  it('that gives back other bytes is not believed', async () => {
    const memory = await stored('The fourth ledger');
    await behind.archive(memory.id);
    const [entry] = await behind.entries(memory.id);
    const folder = join(data.path, 'archive');
    const files = await readdir(folder, { recursive: true });
    const file = join(folder, files.find((name) => name.endsWith(`${entry!.key}.data`)) ?? 'none');
    const bytes = await readFile(file);
    bytes.set(randomBytes(8), entry!.offset + 20);
    await behind.close();
    await target.service.stop();
    await writeFile(file, bytes);
    await open();

    expectProblem(await readPastCache(api, memory.id), 'archive_corrupted');
    expectProblem(await api.post(`/api/memory/${memory.id}/restore`), 'archive_corrupted');
    expect(await behind.run('tier-to-archive')).toMatchObject({ damagedEntries: 1 });
    expectStatus(await api.delete(`/api/memory/${memory.id}?hard=true`), 200);
  });
});
