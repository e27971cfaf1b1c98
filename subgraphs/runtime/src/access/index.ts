export { signCapability, verifyCapability, type Capability } from './capability.js';
export {
  decide, disclosesNothing, mayListMembers, mayOpenLookup, memberFields, policyRules, type FieldDecision, type PolicyRule, type Treatment,
} from './policy.js';
export { standingOf, type Why } from './standing.js';
