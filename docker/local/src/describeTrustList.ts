import { keysWithoutNext, type TrustListContent } from '@delta/pass';

const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');

/** A list in lines that a person compares before a root signs it. */
export function describeTrustList(content: TrustListContent, digest: string, now: number): readonly string[] {
  const withoutNext = keysWithoutNext(content.keys, now);
  return [
    `Trust list ${content.sequence}, from ${dateOf(content.issuedAt)} to ${dateOf(content.expires)} UTC${content.expires <= now ? ': it is over' : ''}`,
    `Digest ${digest.replace(/(.{8})(?=.)/g, '$1 ')}`,
    ...content.keys.map(({ kid, issuer, use, algorithm, from, until }) => `  ${issuer.padEnd(4)} ${use.padEnd(8)} ${kid}  ${String(algorithm).padStart(3)}  ${dateOf(from)} to ${dateOf(until)}`),
    ...content.compromised.map((kid) => `  stolen: ${kid}`),
    ...content.peers.map(({ owner, address }) => `  ${owner.padEnd(4)} answers at ${address}`),
    ...withoutNext.map(({ issuer, use, kid, until }) => `  ! ${issuer}'s ${use} key ${kid} ends on ${dateOf(until)} and has no next one: run \`npm run ceremony -- keys\` there.`),
  ];
}
