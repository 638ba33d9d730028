import { attempt, run } from './command.ts';
import { Missing } from './missing.ts';
import { placeOf } from './places.ts';

/** Who a process runs as; undefined for whoever runs this. */
export type User = { uid: number; gid: number } | undefined;

const name = 'postgres';

/** PostgreSQL refuses to run as root: there it runs as the system user postgres, which is made where it lacks. */
export async function postgresUser(): Promise<User> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await lookUp();
  if (known) return known;
  await attempt('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ]);
  const created = await lookUp();
  if (created === undefined) {
    throw new Missing('PostgreSQL does not run as root, and no system user postgres could be made.');
  }
  return created;
}

/** @throws Missing where the user may not enter the folder that the program is in */
export async function checkAccess(user: User, program: string): Promise<void> {
  if (user === undefined) return;
  if ((await attempt('test', ['-x', program], user)) === undefined) {
    throw new Missing(
      `PostgreSQL runs as the user ${name}, who may not enter ${placeOf()}; set STRATA_SERVICES to a folder that every user may enter, such as /var/tmp/strata-services.`,
    );
  }
}

/** Gives it a folder, with all that is in it. */
export async function giveTo(user: User, folder: string): Promise<void> {
  if (user) await run('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
}

async function lookUp(): Promise<User> {
  const uid = await attempt('id', ['-u', name]);
  const gid = await attempt('id', ['-g', name]);
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}
