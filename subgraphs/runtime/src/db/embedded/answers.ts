import { PlatformError } from '@delta/schema/errors';
import { errorCode } from '../errorCode.js';
import { askServer } from './askServer.js';

const wrongPassword = '28P01';

/**
 * Whether the server at `url` answers and is the one with this process number; another server on that port is a no. It is asked
 * for the file in its own folder that names it: what the folder is called depends on how it was reached.
 * Throws DATABASE_UNREACHABLE when our own server refuses the kept password: no patience will mend that.
 */
export const answers = async (url: string, pid: number): Promise<boolean> => {
  try {
    return await askServer(url, async (client) => {
      const { rows } = await client.query<{ file: string }>(`/* launcher.who */ select pg_read_file('postmaster.pid') as file`);
      return Number(rows[0]?.file.split('\n')[0]) === pid;
    });
  } catch (error) {
    if (errorCode(error) === wrongPassword) {
      throw new PlatformError('DATABASE_UNREACHABLE', { message: 'The password file beside the embedded data folder is not the one that folder was made with.' });
    }
    return false;
  }
};
