import type { Queryable } from '../db/database.js';
import type { KeptLook } from '../directory/index.js';
import { listLooks } from './store.js';

/** The newest looks at a member, as another owner keeps them that holds the record next. @param own code of this province */
export const looksAt = async (within: Queryable, own: string, memberId: string, most: number): Promise<KeptLook[]> =>
  (await listLooks(within, own, memberId, null, most)).slice(0, most).map((look) => ({ ...look, memberId }));
