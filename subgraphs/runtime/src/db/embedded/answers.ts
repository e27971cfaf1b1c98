import { PlatformError } from '@delta/schema/errors';
import { errorCode } from '../errorCode.js';
import { askServer } from './askServer.js';

const wrongPassword = '28P01';

/**
 * Whether the server at `url` answers and works in `dataFolder`; another server on that port is a no.
 * Throws DATABASE_UNREACHABLE when our own server refuses the kept password: no patience will mend that.
 */
export const answers = async (url: string, dataFolder: string): Promise<boolean> => {
  try {
    return await askServer(url, async (client) => {
      const { rows } = await client.query<{ folder: string }>(`/* launcher.whose */ select current_setting('data_directory') as folder`);
      return rows[0]?.folder === dataFolder;
    });
  } catch (error) {
    if (errorCode(error) === wrongPassword) {
      throw new PlatformError('DATABASE_UNREACHABLE', { message: 'The password file beside the embedded data folder is not the one that folder was made with.' });
    }
    return false;
  }
};
