import { createPassVerbs } from './createPassVerbs.js';
import { cacheKeys } from './platform/cacheKeys.js';
import { nodePlatform } from './platform/nodePlatform.js';

/** The entry in Node; bundlers for browsers take browser.ts instead. Same verbs, same rules. */
export * from './common.js';
export { createNodeSigner } from './platform/createNodeSigner.js';
export { kidOf } from './platform/kidOf.js';
export { nodePlatform };
export const {
  verifyPass, verifyPassSync, openTrustList, openStatusList, openKnownIssued, verifyStationRecord, fingerprintOfRoots, signProof, signStatusList, signTrustList,
} = createPassVerbs(cacheKeys(nodePlatform, 4096));
