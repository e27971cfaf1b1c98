export { mayAct, requireOffice, type Act } from './acts.js';
export { signCapability, verifyCapability, type Capability } from './capability.js';
export { verifyGrant, writeGrant, type Grant, type GrantedLookup } from './grant.js';
export type { FieldDecision, HeldRelation, Standing, WithholdReason } from './decide.js';
export { memberFields, needsCase, policyRules, revealable, type PolicyRule, type Treatment } from './policy.js';
export { policyOf, type Policy } from './policyOf.js';
export { createHeldRelations, type HeldRelations, type RecordedRelation } from './recordedRelation.js';
export { requireOwnViewer, requireViewer } from './requireViewer.js';
export { standingOf, type LookupReason, type Why } from './standing.js';
