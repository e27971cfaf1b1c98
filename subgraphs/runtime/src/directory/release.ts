import { KeyError, type Signer, type Trust } from '@delta/service/keys';

/**
 * An owner's signed word that a member's record is another's from a version on. The releases of a member, oldest first, prove how it
 * came to its owner, whoever hears of it first and in whatever order.
 */
export interface Release {
  readonly memberId: string;
  /** Slugs. `from` signed it. */
  readonly from: string;
  readonly to: string;
  /** The ownership version under which `to` holds the record. */
  readonly version: number;
}

const type = 'delta-release+jwt';
/** Whoever is shown the release may hold it against its signer. */
const audience = 'owners';
/** Longer than anybody keeps a record, since it has to prove the owner for as long. */
const lifeSeconds = 100 * 366 * 24 * 60 * 60;

/** Bounds of what is believed to be a person's moves. */
export const mostReleases = 200;

export const signRelease = (signer: Signer, { memberId, to, version }: Omit<Release, 'from'>): Promise<string> =>
  signer.sign({ mid: memberId, to, ver: version }, { type, audience, expiresInSeconds: lifeSeconds });

/** @param owners who can have signed it @throws KeyError */
export async function readRelease(trust: Trust, token: string, owners: readonly string[]): Promise<Release> {
  const from = owners.find((owner) => owner === issuerOf(token));
  if (from === undefined) throw new KeyError('issuer');
  const { mid, to, ver } = await trust.verify(token, { type, issuer: from, audience, record: true });
  if (typeof mid !== 'string' || typeof to !== 'string' || !Number.isSafeInteger(ver) || (ver as number) < 2) throw new KeyError('malformed');
  return { memberId: mid, from, to, version: ver as number };
}

/** The releases of one member, each proven and about it. @throws KeyError */
export async function readReleases(trust: Trust, memberId: string, tokens: readonly string[], owners: readonly string[]): Promise<Release[]> {
  const releases = await Promise.all(tokens.map((token) => readRelease(trust, token, owners)));
  if (releases.some((release) => release.memberId !== memberId)) throw new KeyError('malformed');
  return releases;
}

/** What a release says that was proven before it was stored. */
export function storedRelease(token: string): Release {
  const { mid, iss, to, ver } = payloadOf(token) as { mid: string; iss: string; to: string; ver: number };
  return { memberId: mid, from: iss, to, version: ver };
}

/** Who says to have signed it; nothing is built on this but whose key is tried. */
function issuerOf(token: string): unknown {
  try {
    return (payloadOf(token) as { iss?: unknown } | null)?.iss;
  } catch {
    return undefined;
  }
}

const payloadOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
