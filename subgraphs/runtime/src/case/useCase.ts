import { PlatformError } from '@delta/schema/errors';
import type { Queryable } from '../db/database.js';
import { requireUsable } from './rules.js';
import { holdCase } from './store.js';
import type { CaseRecord } from './types.js';

/**
 * The case that an act rests on, checked within the act's own transaction and held open until that ends.
 * @throws PlatformError NOT_FOUND (unknown and another organisation's alike), CASE_CLOSED, CASE_EXPIRED, CASE_MISMATCH
 */
export async function useCase(within: Queryable, organizationId: string, id: string, work: { readonly blindIndex: string; readonly purpose: string }, now: Date): Promise<CaseRecord> {
  const file = await holdCase(within, organizationId, id);
  if (!file) throw new PlatformError('NOT_FOUND');
  requireUsable(file, work, now);
  return file;
}
