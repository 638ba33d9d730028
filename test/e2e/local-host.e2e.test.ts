import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Service, startService } from '../support/service.ts';
import { describeLocal } from './support/target.ts';

describeLocal('npm start', () => {
  let dataDirectory: string;
  let service: Service | undefined;
  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'strata-e2e-'));
  });
  afterEach(async () => {
    await service?.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  const content = 'Melanie prefers morning meetings in the Berlin office';
  async function store(on: Service, token: string) {
    const response = await fetch(`${on.url}/api/memory`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content, agentId: 'planner' }),
    });
    expect(response.status).toBe(201);
    return (await response.json()) as { id: string };
  }
  async function read(on: Service, token: string, id: string) {
    const response = await fetch(`${on.url}/api/memory/${id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: response.status, body: (await response.json()) as { memory: { content: string } } };
  }

  it.each(['stop', 'kill'] as const)('has everything it acknowledged after %s', async (end) => {
    service = await startService({ dataDirectory });
    const port = new URL(service.url).port;
    const token = await service.token('acme');
    const { id } = await store(service, token);
    const code = await service[end]();
    if (end === 'stop') expect(code).toBe(0);

    service = await startService({ dataDirectory, env: { PORT: port } });
    expect(await read(service, token, id)).toMatchObject({ status: 200, body: { memory: { content } } });
  });

  it('refuses to share its data, in one sentence', async () => {
    service = await startService({ dataDirectory });
    await expect(startService({ dataDirectory })).rejects.toThrow(
      new RegExp(`ended with 1: Process ${service.pid} already uses the data in [^\\n]+\\n$`),
    );
  });

  it('refuses a folder that cannot be written, in one sentence', async () => {
    const file = join(dataDirectory, 'file');
    await writeFile(file, '');
    await expect(startService({ dataDirectory: file })).rejects.toThrow(
      /ended with 1: The data cannot be kept in [^\n]+ Set STRATA_DATA to a folder that can be written\.\n$/,
    );
  });

  it('takes an empty variable for none', async () => {
    service = await startService({ dataDirectory, env: { EMBEDDER: '', ARCHIVE_AFTER_DAYS: '' } });
    const token = await service.token('acme');
    const { id } = await store(service, token);
    await service.runSchedule('tier-to-archive');
    const response = await fetch(`${service.url}/api/memory/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await response.json()).toMatchObject({ memories: [{ id, tier: 'warm' }] });
  });

  it.each([
    [{ LIMIT_REQUESTS_PER_SECOND: '0' }, 'LIMIT_REQUESTS_PER_SECOND is not valid (too_small)'],
    [{ OIDC_ISSUER: 'https://login.example.com' }, 'OIDC_AUDIENCE is missing'],
    [{ OIDC_AUDIENCE: 'strata' }, 'OIDC_ISSUER is missing'],
  ])('refuses the setting %j, in one sentence', async (env, problem) => {
    const complaint = await startService({ dataDirectory, env }).then(
      (started) => {
        service = started;
        return 'it started';
      },
      (error: Error) => error.message,
    );
    expect(complaint).toMatch(/ended with 1: The configuration of [a-z-]+ is not complete: [^\n]+\n$/);
    expect(complaint).toContain(`: ${problem}`);
  });

  it.runIf(existsSync('/dev/full'))('serves on while its log cannot be written', async () => {
    await symlink('/dev/full', join(dataDirectory, 'strata.log'));
    service = await startService({ dataDirectory, env: { LOG_LEVEL: 'INFO' } });
    const token = await service.token('acme');
    const { id } = await store(service, token);
    expect(await read(service, token, id)).toMatchObject({ status: 200, body: { memory: { content } } });
  });

  it('reads and writes on while the cache is away', async () => {
    service = await startService({ dataDirectory });
    const token = await service.token('acme');
    const { id } = await store(service, token);
    await service.stopPart('cache');
    expect(await read(service, token, id)).toMatchObject({ status: 200, body: { memory: { content } } });
    const second = await store(service, token);
    await service.startPart('cache');
    expect(await read(service, token, second.id)).toMatchObject({ status: 200 });
  });

  describe('npm run demo', () => {
    const demo = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url));
    const run = (env: Record<string, string>) =>
      promisify(execFile)(process.execPath, [demo], { env: { PATH: process.env.PATH, ...env } });

    // it loads a whole conversation
    it('uses the service that runs at PORT', async () => {
      service = await startService({ dataDirectory });
      const { port } = new URL(service.url);
      const { stdout } = await run({ PORT: port, STRATA_DATA: dataDirectory });
      expect(stdout).toContain(`in the service at ${service.url}, tenant demo`);
    }, 120_000);

    it('says in one sentence why it cannot', async () => {
      service = await startService({ dataDirectory });
      await expect(run({ PORT: '0', STRATA_DATA: dataDirectory })).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^Process \d+ already uses the data in [^\n]+\n$/),
      });
    });
  });
});
