import { storedRelease, type Release } from '../directory/index.js';

/**
 * By which release a member came: to whoever holds it, or to `own` before a version.
 * @returns undefined for whoever had the member first
 */
export const releaseBefore = (releases: readonly string[], own?: { readonly name: string; readonly version: number }): Release | undefined =>
  releases.map(storedRelease).filter(({ to, version }) => own === undefined || (to === own.name && version < own.version)).at(-1);
