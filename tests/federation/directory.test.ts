import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { register, signRelease, type RegistrationEntry } from '@delta/runtime/directory/index';
import { signContext } from '@delta/service/context';
import { createSigner, loadSigner, loadTrust, type JWK, type Signer, type Trust } from '@delta/service/keys';
import { keyFiles } from '@delta/local/home';
import { until } from '../support/exchangeOwners.js';
import { outboxRow } from '../support/outboxRow.js';
import { startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
let signers: Record<string, Signer>;
let trust: Trust;
beforeAll(async () => {
  zone = await startTestZone();
  const keys = keyFiles(zone.home);
  trust = await loadTrust(keys.trust);
  signers = Object.fromEntries(await Promise.all(['jiangsu', 'anhui', 'gateway'].map(async (name) => [name, await loadSigner(keys.signing(name))] as const)));
});
afterAll(async () => { await zone?.close(); });

const held = async (): Promise<RegistrationEntry> => {
  const [row] = await zone.rows<RegistrationEntry>('zone', `select member_id as "memberId", blind_index as "blindIndex", ownership_version as "ownershipVersion"
    from directory_entry where member_id = $1`, [zone.anchors('anhui').people[0].id]);
  return row!;
};
/** Has a province tell the zone of a member, as its own exchange does it. */
async function tell(slug: string, memberId: string, data: object): Promise<void> {
  await zone.rows(slug, ...outboxRow('zone', 'directory.entry', memberId, data));
}
const other = '01890000-0000-7000-8000-000000000001';

describe('the directory', () => {
  it('accepts what a province registered before, again', async () => {
    const entry = await held();
    expect(await register(zone.urls['zone']!, { signer: signers['anhui']!, trust }, { entries: [entry] })).toMatchObject({ accepted: [entry.memberId], refused: [] });
  });

  it('never overwrites: a second province\'s claim is refused, and both provinces see it, once', async () => {
    const entry = await held();
    const claim = { ...entry, memberId: other };
    const first = await register(zone.urls['zone']!, { signer: signers['jiangsu']!, trust }, { entries: [claim] });
    const again = await register(zone.urls['zone']!, { signer: signers['jiangsu']!, trust }, { entries: [claim] });
    expect([first, again]).toEqual(Array(2).fill({ accepted: [], refused: [other] }));
    for (const slug of ['jiangsu', 'anhui']) {
      const claims = (): Promise<object[]> => zone.rows(slug, 'select member_id, claimant, holder from duplicate_claim');
      await until(async () => (await claims()).length > 0, `${slug} hears of the claim`);
      expect(await claims()).toEqual([{ member_id: entry.memberId, claimant: 'jiangsu', holder: 'anhui' }]);
    }
    expect(await held()).toEqual(entry);
    expect(await zone.rows('zone', `select member_id from audit_entry where kind = 'CLAIM'`)).toEqual([{ member_id: entry.memberId }]);
  });

  it('takes no province\'s word by an event for whom another holds: a claim is opened, or the event stands aside', async () => {
    const entry = await held();
    const claims = (): Promise<object[]> => zone.rows('zone', `select claimant, holder from duplicate_claim where claimed_id = $1`, [entry.memberId]);
    const heard = (n: number): Promise<void> => until(async () => (await zone.rows('zone', `select 1 from exchange_inbox where peer = 'jiangsu' and subject = $1`, [entry.memberId])).length === n, `the zone has heard ${n}`);
    const forger = await createSigner(JSON.parse(await readFile(keyFiles(zone.home).signing('jiangsu'), 'utf8')) as JWK, 'anhui');
    // Without a release, by one in the holder's name that the claimant signed, and for the same person under another id.
    await tell('jiangsu', entry.memberId, { blindIndex: entry.blindIndex, version: 2, releases: [] });
    await heard(1);
    expect(await claims()).toEqual([{ claimant: 'jiangsu', holder: 'anhui' }]);
    await tell('jiangsu', entry.memberId, { blindIndex: entry.blindIndex, version: 2, releases: [await signRelease(forger, { memberId: entry.memberId, to: 'jiangsu', version: 2 })] });
    await heard(2);
    await tell('jiangsu', other, { blindIndex: entry.blindIndex, version: 2, releases: [await signRelease(signers['anhui']!, { memberId: other, to: 'jiangsu', version: 2 })] });
    await until(async () => (await zone.rows('zone', 'select 1 from duplicate_claim where claimed_id = $1', [other])).length > 0, 'a second id for the person is a claim');
    // The first of them was heard, the forged one is parked with whatever follows about that member.
    expect(await zone.rows('zone', `select state, reason from exchange_inbox where peer = 'jiangsu' and subject = $1 order by seq`, [entry.memberId])).toEqual([{ state: 'APPLIED', reason: null }, { state: 'PARKED', reason: 'EFFECT_FAILED' }]);
    expect(await held()).toEqual(entry);
  });

  it('two provinces that claim a new person at once have exactly one holder', async () => {
    const entry = { blindIndex: `v1:${'A'.repeat(43)}`, ownershipVersion: 1 };
    const receipts = await Promise.all((['jiangsu', 'anhui'] as const).map((slug, i) =>
      register(zone.urls['zone']!, { signer: signers[slug]!, trust }, { entries: [{ ...entry, memberId: `01890000-0000-7000-8000-00000000000${i + 2}` }] })));
    expect(receipts.map(({ accepted }) => accepted.length).sort()).toEqual([0, 1]);
    expect(receipts.map(({ refused }) => refused.length).sort()).toEqual([0, 1]);
  });

  it('takes nothing unsigned, signed by another or not of the form', async () => {
    const entry = await held();
    const foreign: Signer = { ...signers['jiangsu']!, name: 'anhui', sign: (claims, options) => signers['jiangsu']!.sign(claims, options) };
    await expect(register(zone.urls['zone']!, { signer: foreign, trust }, { entries: [entry] })).rejects.toMatchObject({ code: 'REGISTRATION_REFUSED' });
    await expect(register(zone.urls['zone']!, { signer: signers['anhui']!, trust }, { entries: [{ ...entry, blindIndex: 'x' }] })).rejects.toMatchObject({ code: 'REGISTRATION_REFUSED' });
    const unsigned = await fetch(new URL('/registrations', zone.urls['zone']), { method: 'POST', headers: { 'content-type': 'application/json', 'x-delta-province': 'anhui' }, body: '{"entries":[]}' });
    expect(unsigned.status).toBe(403);
  });
});

describe('a province', () => {
  it('takes no gateway\'s word for its own viewers: it must see the token', async () => {
    const query = '{ shanghai { members(first: 1) { edges { node { id } } } } }';
    const body = JSON.stringify({ query });
    const viewer = { issuer: 'http://127.0.0.1:4020/shanghai', subject: 'nobody', role: 'station_clerk' as const, province: '31', organization: zone.anchors('shanghai').clerkOrganizationId, member: null };
    const context = await signContext(signers['gateway']!, { audience: 'shanghai', viewer, requestId: crypto.randomUUID(), body });
    const response = await fetch(new URL('/graphql', zone.urls['shanghai']), { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-delta-context': context } });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'CONTEXT_REFUSED' } }] });
  });
});
