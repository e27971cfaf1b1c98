export { registrationLimits, registrationType, type DuplicateClaim, type RegistrationBatch, type RegistrationEntry, type RegistrationReceipt } from './message.js';
export { cursorTable, forkTable } from './table.js';
export { register } from './register.js';
export { startRegistrar, type Registrar } from './registrar.js';
