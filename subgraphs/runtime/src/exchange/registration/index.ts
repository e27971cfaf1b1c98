export {
  receiptType, registrationLimits, registrationType,
  type DuplicateClaim, type LookNotice, type LookNotices, type RegistrationBatch, type RegistrationEntry, type RegistrationReceipt, type SignedCheckpoint,
} from './message.js';
export { digestOf, register } from './register.js';
export { startRegistrar, type Registrar } from './registrar.js';
export { reportForks, reportOwnFork } from './reportForks.js';
export { witness, type Fork } from './witness.js';
