export {
  receiptType, registrationLimits, registrationType,
  type DuplicateClaim, type LookNotice, type LookNotices, type RegistrationBatch, type RegistrationEntry, type RegistrationReceipt,
} from './message.js';
export { digestOf, register } from './register.js';
export { startRegistrar, type Registrar } from './startRegistrar.js';
