import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyChain } from '@delta/runtime/audit/index';
import { lookupDocument, startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone({ members: 20 }); });
afterAll(() => zone.close());

const input = (slug: string) => ({ input: { idNumber: zone.anchors(slug).people[0].idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() } });
const unsealed = async (owner: string): Promise<number> => (await zone.rows<{ n: number }>(owner,
  'select count(*)::int as n from audit_entry e where not exists (select from audit_seal s where s.entry_id = e.id)'))[0]!.n;
const chainOf = (owner: string) => verifyChain({ db: { query: (sql, parameters = []) => zone.rows(owner, sql, [...parameters]) } });

describe('the audit of one lookup', () => {
  it('stands in the chains of who asked, of the zone and of the owner within a second', async () => {
    const token = await zone.token();
    expect((await zone.ask(lookupDocument, input('anhui'), token)).errors).toBeUndefined();
    const since = Date.now();
    const owners = ['shanghai', 'zone', 'anhui'];
    while ((await Promise.all(owners.map(unsealed))).some((count) => count > 0) && Date.now() - since < 5_000) await delay(50);
    expect(Date.now() - since).toBeLessThan(1_500);
    for (const owner of owners) expect(await chainOf(owner)).toMatchObject({ problem: null, sealed: expect.any(BigInt), head: expect.any(String) });
  });

  it('names the row that somebody edits in the owner\'s database, and the others stay whole', async () => {
    const [row] = await zone.rows<{ id: string }>('anhui', `select id from audit_entry where kind = 'DISCLOSURE' limit 1`);
    await expect(zone.rows('anhui', `update audit_entry set viewer_organization = '32-other' where id = $1`, [row!.id])).rejects.toThrow();
    const edit = (organization: string) => zone.rows('anhui', `do $$ begin
      set local session_replication_role = replica;
      update audit_entry set viewer_organization = '${organization}' where id = '${row!.id}'; end $$`);
    const [before] = await zone.rows<{ organization: string }>('anhui', 'select viewer_organization as organization from audit_entry where id = $1', [row!.id]);
    await edit('32-other');
    expect((await chainOf('anhui')).problem).toMatchObject({ entryId: row!.id, what: 'the entry was edited after it was sealed' });
    expect((await chainOf('shanghai')).problem).toBeNull();
    await edit(before!.organization);
    expect((await chainOf('anhui')).problem).toBeNull();
  });

  it('records a refusal with who was refused, and by which code', async () => {
    const answer = await zone.ask(lookupDocument, input('anhui'), await zone.token({ role: 'member' }));
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect(await zone.rows('shanghai', `select reason, viewer_role, member_id, fields from audit_entry where kind = 'REFUSAL'`))
      .toEqual([{ reason: 'FORBIDDEN', viewer_role: 'member', member_id: null, fields: [] }]);
  });
});
