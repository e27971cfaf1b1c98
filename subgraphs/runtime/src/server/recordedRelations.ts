import type { RecordedRelation } from '../access/index.js';

/** Relations that the concepts find in the province's records, beside those of the organisation and the lookup. */
export const recordedRelations: readonly RecordedRelation[] = [];
