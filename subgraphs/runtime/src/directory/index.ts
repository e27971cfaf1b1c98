export {
  claimKind, directoryEvents, entryEvent, entryKind, forgottenKind, isBlindIndex, isLook, isReleases, isVersion, looksKind, mostLooks,
  type DuplicateClaim, type EntryTold, type LookNotice, type LooksTold,
} from './events.js';
export { receiptType, registrationLimits, registrationType, type RegistrationBatch, type RegistrationEntry, type RegistrationReceipt } from './message.js';
export { digestOf, register } from './register.js';
export { mostReleases, readRelease, readReleases, signRelease, storedRelease, type Release } from './release.js';
export { startRegistrar, type Registrar } from './startRegistrar.js';
export { keepLooks, registerAgain, type KeptLook } from './store.js';
