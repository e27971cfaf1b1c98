export { auditPlugin } from './auditPlugin.js';
export { signCheckpoint, verifyCheckpoint, type Checkpoint } from './checkpoint.js';
export { replaceAuditTable } from './logTables.js';
export { recordEntries } from './recordEntries.js';
export { startSequencer } from './sequencer.js';
export { auditTable } from './table.js';
export { AuditTrail } from './trail.js';
export type { AuditEntry, AuditKind, AuditedRequest } from './types.js';
