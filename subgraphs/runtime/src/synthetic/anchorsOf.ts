import { checkSyntheticConfig } from './checkSyntheticConfig.js';
import { committee, firstBranch, slots } from './patterns.js';
import { createPlaceDraws } from './places.js';
import { syntheticMember } from './syntheticMembers.js';
import type { SyntheticConfig, SyntheticMember } from './types.js';

/** The offices and people of a province that documents and tests name. */
export interface Anchors {
  /** Committee of the province, which none is above: it runs the province's services. */
  readonly rootOrganizationId: string;
  /** Committee of the anchor town: its clerk sees the first two people, not the third. */
  readonly clerkOrganizationId: string;
  /** First branch of the anchor town. */
  readonly branchId: string;
  /** Window of the anchor town, run by the clerk's organisation. */
  readonly stationId: string;
  /**
   * The members 0 to 2: in the anchor branch, in another branch of its town, and in another county (from outside the four
   * provinces where the configuration names a home there).
   */
  readonly people: readonly [SyntheticMember, SyntheticMember, SyntheticMember];
}

/** @throws RangeError for a configuration that cannot be */
export function anchorsOf(config: SyntheticConfig): Anchors {
  checkSyntheticConfig(config);
  const { id } = createPlaceDraws(config);
  const { town } = config.anchors;
  return {
    rootOrganizationId: id(`${config.code}0000`, committee.slot),
    clerkOrganizationId: id(town, committee.slot),
    branchId: id(town, firstBranch.slot),
    stationId: id(town, slots.window),
    people: [syntheticMember(config, 0), syntheticMember(config, 1), syntheticMember(config, 2)],
  };
}
