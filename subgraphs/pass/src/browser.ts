import { createPassVerbs } from './createPassVerbs.js';
import { cacheKeys } from './platform/cacheKeys.js';
import { webPlatform } from './platform/webPlatform.js';

/** The entry in browsers. */
export * from './common.js';
export { createWebHolder, holderSigner } from './platform/createWebHolder.js';
export { webPlatform };
export const {
  verifyPass, openTrustList, openStatusList, openKnownIssued, verifyStationRecord, fingerprintOfRoots, signProof, signStatusList, signTrustList,
} = createPassVerbs(cacheKeys(webPlatform, 256));
