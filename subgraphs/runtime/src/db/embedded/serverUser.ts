import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The account that runs the server when we are root, since PostgreSQL refuses to. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** initdb looks its own account up, so only an account that /etc/passwd knows will do. */
const preferred = ['postgres', 'nobody'];

/**
 * Which account must run the server: `undefined` when it is our own. An existing data folder decides by its owner,
 * so that a folder made under one account is not opened under another.
 */
export const chooseServerUser = async (dataFolder: string): Promise<ServerUser | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataFolder).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  for (const name of preferred) {
    const account = accounts.find(([candidate]) => candidate === name);
    const uid = Number(account?.[2]);
    const gid = Number(account?.[3]);
    if (account && Number.isInteger(uid) && uid !== 0) return { uid, gid };
  }
  throw new Error(`the embedded PostgreSQL does not run as root and found no account named ${preferred.join(' or ')} to run as`);
};

/** Whether the account may pass through every folder down to `folder`. Judged by mode bits: access lists are not read. */
export const canEnter = async (folder: string, user: ServerUser): Promise<boolean> => {
  for (let current = folder; ; current = dirname(current)) {
    const { uid, gid, mode } = await stat(current);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dirname(current) === current) return true;
  }
};
