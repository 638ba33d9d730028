import { randomBytes } from 'node:crypto';
import { readRecord, writeRecord } from './records.ts';

/** The password of a server, made with it and kept beside it. */
export async function passwordOf(server: string): Promise<string> {
  const kept = await readRecord<{ password: string }>(server, 'password');
  if (kept) return kept.password;
  const password = randomBytes(18).toString('hex');
  await writeRecord(server, 'password', { password });
  return password;
}
