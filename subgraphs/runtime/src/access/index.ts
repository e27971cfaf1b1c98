export { signCapability, verifyCapability, type Capability } from './capability.js';
export { signGrant, verifyGrant, type Grant, type GrantedLookup } from './grant.js';
export {
  decide, disclosesNothing, mayListMembers, mayOpenLookup, memberFields, policyRules, type FieldDecision, type PolicyRule, type Treatment,
} from './policy.js';
export { requireOwnViewer, requireViewer } from './requireViewer.js';
export { standingOf, type LookupReason, type Why } from './standing.js';
