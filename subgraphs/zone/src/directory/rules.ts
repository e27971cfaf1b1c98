/** What the directory has of a member. `province` and owners are slugs. */
export interface Held { readonly memberId: string; readonly province: string; readonly version: number; readonly blindIndex: string | null; readonly releases: readonly Handover[] }

/** A release as it was proven: `from` gave the record to `to`, who holds it from `version` on. */
export interface Handover { readonly from: string; readonly to: string; readonly version: number }

/** Who is said to hold a member, and how it came to be so. */
export interface Claimed { readonly memberId: string; readonly blindIndex: string; readonly holder: string; readonly version: number; readonly releases: readonly Handover[] }

/** ENTER: it is so from now on. KNOWN: the directory knows that, or better. CLAIM: it contradicts what the directory has, and stays out. */
export type Entering = 'ENTER' | 'KNOWN' | 'CLAIM';

/**
 * Whether a claim follows from what the directory has, whichever of several claims came first: streams of different owners are not
 * ordered among each other, versions and releases are. From the holder that the directory knows there must lead an unbroken way of
 * releases to the one who is claimed; a holder may raise its own version.
 *
 * @param byId what the directory has under that id
 * @param byIndex what it has under that blind index
 */
export function enteringOf(claim: Claimed, byId: Held | undefined, byIndex: Held | undefined): Entering {
  if (byIndex && byIndex.memberId !== claim.memberId) return 'CLAIM';
  if (!byId) return 'ENTER';
  if (claim.version < byId.version) return wasThere(claim, byId) ? 'KNOWN' : 'CLAIM';
  // Shredded: whatever comes late about that id, nobody becomes findable again by it.
  if (byId.blindIndex === null) return claim.holder === byId.province || leads(claim, byId.province, byId.version) ? 'KNOWN' : 'CLAIM';
  if (claim.version === byId.version) return claim.holder === byId.province ? 'KNOWN' : 'CLAIM';
  return leads(claim, byId.province, byId.version) ? 'ENTER' : 'CLAIM';
}

/** Whether releases lead from a holder at a version to the one who is claimed. */
function leads({ holder, version, releases }: Claimed, from: string, since: number): boolean {
  const way = releases.filter((release) => release.version > since);
  return way.every((release, i) => release.from === (i === 0 ? from : way[i - 1]!.to) && (i === 0 || release.version > way[i - 1]!.version) && release.version <= version)
    && (way.at(-1)?.to ?? from) === holder;
}

/** Whether an older claim lies on the way by which the member came to its holder: then it is only late. */
function wasThere({ holder, version }: Claimed, { province, version: now, releases }: Held): boolean {
  const at = releases.filter((release) => release.version <= version).at(-1)?.to ?? releases[0]?.from ?? province;
  return version < now && at === holder;
}
