export { mayAct, requireOffice, type Act } from './acts.js';
export { signCapability, verifyCapability, type Capability } from './capability.js';
export { signGrant, verifyGrant, type Grant, type GrantedLookup } from './grant.js';
export { decide, disclosesNothing, type FieldDecision, type HeldRelation, type Standing, type WithholdReason } from './decide.js';
export { memberFields, needsCase, policyRules, revealable, type PolicyRule, type Treatment } from './policy.js';
export { requireOwnViewer, requireViewer } from './requireViewer.js';
export { standingOf, type LookupReason, type Why } from './standing.js';
