import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { directoryEvents } from '@delta/runtime/directory/index';
import { replayParked, sendEvents } from '@delta/runtime/exchange/index';
import { memberColumns, memberRow, shredEvents, shredMember } from '@delta/runtime/member/index';
import { passEvents } from '@delta/runtime/pass/index';
import { transferEvents, transferOwnership } from '@delta/runtime/transfer/index';
import { provinceBySlug, provinces } from '@delta/schema/provinces';
import type { Viewer } from '@delta/schema/viewer';
import pg from 'pg';
import { startOwners, until, type Owner, type Owners } from '../../support/exchangeOwners.js';

/** Three provinces with one organisation each and a member of the first, on real databases; the zone is not there, so what it is told waits. */
const codes = { shanghai: '31', jiangsu: '32', zhejiang: '33' } as const;
type Name = keyof typeof codes;
const organization = (name: Name): string => `${codes[name]}-01890000-0000-7000-8000-000000000001`;
const memberId = '01890000-0000-7000-8000-000000000002';
const blindIndex = (idNumber: string): string => `v1:${Buffer.from(idNumber.repeat(3)).toString('base64url').slice(0, 43)}`;
const idNumber = '319999199001010010';

let owners: Owners;
let all: Record<Name, Owner>;
beforeEach(async () => {
  owners = await startOwners(undefined, { types: ({ name, trust, envelope, now }) => [
    ...directoryEvents(), ...shredEvents(name, now), ...passEvents(now), ...transferEvents({ entry: provinceBySlug(name)!, trust, envelope, blindIndex, now, owners: provinces.map(({ slug }) => slug) }),
  ] });
  all = owners.owners;
  for (const name of Object.keys(codes) as Name[]) {
    await all[name].rows(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '示例', 'BRANCH', '310118', array[$1], '{}')`, [organization(name)]);
  }
  const row = memberRow({
    id: memberId, name: '王示例', gender: 'MALE', idNumber, phone: '10900000000', joinedOn: '2001-01-01', probationary: false, affiliation: 'HOME', homeOrganizationId: organization('shanghai'), externalHome: null,
    blindIndex: blindIndex(idNumber),
  }, all.shanghai.envelope);
  await all.shanghai.rows(`insert into member (${memberColumns.join(', ')}) values (${row.map((_, at) => `$${at + 1}`).join(', ')})`, row);
});
afterEach(async () => { await owners.close(); });

async function give(from: Name, to: Name, organizationId = organization(to)): Promise<string> {
  const { services, envelope } = all[from];
  const viewer: Viewer = { issuer: 'test', subject: 'secretary', role: 'branch_secretary', province: codes[from], organization: organization(from), member: null };
  const exchange = { peers: { list: async () => Object.values(all).filter(({ name }) => name !== from), find: async () => undefined }, tell: (within: Parameters<typeof sendEvents>[0], events: Parameters<typeof sendEvents>[2], at: Date) => sendEvents(within, services, events, at), knows: async () => true };
  const { id } = await transferOwnership({ ...services, entry: provinceBySlug(from)!, envelope, exchange }, viewer, { requestId: randomUUID(), viewer }, { memberId, organizationId, clientKey: randomUUID() });
  return id;
}
interface Row { readonly held: boolean; readonly movedTo: string | null; readonly version: number }
const rowAt = async (name: Name): Promise<Row | undefined> => (await all[name].rows<Row>('select shredded_at is null as held, moved_to as "movedTo", ownership_version as version from member where id = $1', [memberId]))[0];
const isAt = (name: Name, row: Row): Promise<void> => until(async () => JSON.stringify(await rowAt(name)) === JSON.stringify(row), `${name} has ${JSON.stringify(row)}`);
const heldBy = (name: Name, version: number): Promise<void> => isAt(name, { held: true, movedTo: null, version });
const goneTo = (name: Name, movedTo: Name, version: number): Promise<void> => isAt(name, { held: false, movedTo, version });
const run = (): (() => Promise<void>) => {
  const running = Object.values(all).map((owner) => owner.run());
  return async () => { await Promise.all(running.map((exchange) => exchange.stop())); };
};
/** Nothing stands aside, and every transfer has come to its end. */
async function isSettled(): Promise<void> {
  for (const [name, owner] of Object.entries(all)) {
    expect([name, await owner.rows(`select type, reason from exchange_inbox where state = 'PARKED'`)]).toEqual([name, []]);
    await until(async () => (await owner.rows(`select 1 from ownership_transfer where state = 'SENT'`)).length === 0, `${name} knows how its transfers ended`);
  }
}

describe('a member who moves while provinces are restored from backups', () => {
  it('stays where the record went, when the province that gave it forgets that it did', async () => {
    const backup = await all.shanghai.backup();
    let stop = run();
    await give('shanghai', 'jiangsu');
    await goneTo('shanghai', 'jiangsu', 2);
    await stop();
    await all.shanghai.restore(backup);
    expect(await rowAt('shanghai')).toEqual({ held: true, movedTo: null, version: 1 });
    stop = run();
    await goneTo('shanghai', 'jiangsu', 2);
    await heldBy('jiangsu', 2);
    await isSettled();
    await stop();
  });

  it('is there again, when the province that received the record loses it', async () => {
    const backup = await all.jiangsu.backup();
    let stop = run();
    await give('shanghai', 'jiangsu');
    await goneTo('shanghai', 'jiangsu', 2);
    await stop();
    await all.jiangsu.restore(backup);
    expect(await rowAt('jiangsu')).toBeUndefined();
    stop = run();
    await heldBy('jiangsu', 2);
    expect(await all.jiangsu.rows('select name, blind_index from member where id = $1', [memberId])).toEqual([{ name: '王示例', blind_index: blindIndex(idNumber) }]);
    await goneTo('shanghai', 'jiangsu', 2);
    await isSettled();
    await stop();
  });

  it('is with the last one alone, when the one between forgets that the member ever came', async () => {
    const backup = await all.jiangsu.backup();
    let stop = run();
    await give('shanghai', 'jiangsu');
    await heldBy('jiangsu', 2);
    await give('jiangsu', 'zhejiang');
    await goneTo('jiangsu', 'zhejiang', 3);
    await stop();
    await all.jiangsu.restore(backup);
    stop = run();
    await goneTo('jiangsu', 'zhejiang', 3);
    await heldBy('zhejiang', 3);
    await goneTo('shanghai', 'jiangsu', 2);
    await isSettled();
    await stop();
  });

  it('is with the first one again, when that forgets that the record went round by two others', async () => {
    const backup = await all.shanghai.backup();
    let stop = run();
    for (const [from, to, version] of [['shanghai', 'jiangsu', 2], ['jiangsu', 'zhejiang', 3], ['zhejiang', 'shanghai', 4]] as const) {
      await give(from, to);
      await heldBy(to, version);
    }
    await goneTo('zhejiang', 'shanghai', 4);
    await stop();
    await all.shanghai.restore(backup);
    expect(await rowAt('shanghai')).toEqual({ held: true, movedTo: null, version: 1 });
    // The last one is heard first: nobody has said yet that what is held here was received long ago.
    const alone = all.zhejiang.run();
    await heldBy('shanghai', 4);
    await alone.stop();
    stop = run();
    await until(async () => (await all.shanghai.rows("select 1 from ownership_transfer where state = 'RECEIVED'")).length === 1, 'shanghai hears how its transfer ended');
    await heldBy('shanghai', 4);
    await goneTo('zhejiang', 'shanghai', 4);
    expect(await all.zhejiang.rows('select state from ownership_transfer')).toEqual([{ state: 'RECEIVED' }]);
    await isSettled();
    await stop();
  });

  it('is not given twice, when the province that gave the record forgets it while the other cannot take it yet', async () => {
    const asOwner = async (sql: string): Promise<void> => {
      const client = new pg.Client({ connectionString: all.jiangsu.database.ownerUrl });
      await client.connect();
      await client.query(sql);
      await client.end();
    };
    const backup = await all.shanghai.backup();
    await asOwner('alter table organization rename to elsewhere');
    let stop = run();
    await give('shanghai', 'jiangsu');
    const parked = (): Promise<{ seq: number }[]> => all.jiangsu.rows(`select seq::integer as seq from exchange_inbox where state = 'PARKED'`);
    await until(async () => (await parked()).length > 0, 'jiangsu cannot take it');
    await stop();
    await all.shanghai.restore(backup);
    stop = run();
    await until(async () => (await all.shanghai.rows(`select 1 from ownership_transfer where state = 'SENT'`)).length > 0, 'shanghai knows again that it gave');
    await expect(give('shanghai', 'zhejiang')).rejects.toMatchObject({ code: 'TRANSFER_UNDER_WAY' });
    await asOwner('alter table elsewhere rename to organization');
    expect(await replayParked(all.jiangsu.services, 'shanghai', (await parked())[0]!.seq)).toEqual({ applied: 1, parked: 0 });
    await heldBy('jiangsu', 2);
    await goneTo('shanghai', 'jiangsu', 2);
    await isSettled();
    await stop();
  });

  it('holds no pass again, when the province forgets that it wanted to give the record and was declined', async () => {
    await all.shanghai.rows(`insert into pass (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, expires_at)
      values ('31-pass', decode(repeat('ab', 16), 'hex'), $1, 'PHONE', 'VALID', 'FIRST', $2, $2, now(), now() + interval '90 days')`, [memberId, organization('shanghai')]);
    await all.shanghai.rows(`insert into pass_place (kid, status_index, pass) values ('0123456789abcdef', 7, '31-pass')`);
    const pass = () => all.shanghai.rows(`select p.state, p.revoked_for as why, l.status from pass p join pass_place l on l.pass = p.id`);
    const declined = async (): Promise<boolean> => (await all.shanghai.rows(`select 1 from ownership_transfer where state = 'DECLINED'`)).length === 1;
    const backup = await all.shanghai.backup();
    let stop = run();
    await give('shanghai', 'jiangsu', '32-01890000-0000-7000-8000-00000000000f');
    await until(declined, 'it is declined');
    expect(await pass()).toEqual([{ state: 'REVOKED', why: 'TRANSFERRED', status: 1 }]);
    await until(async () => (await all.zhejiang.rows(`select 1 from exchange_inbox where type = 'pass.revoked'`)).length === 1, 'zhejiang is told that the pass has ended');
    await stop();
    await all.shanghai.restore(backup);
    expect(await pass()).toEqual([{ state: 'VALID', why: null, status: 0 }]);
    stop = run();
    await until(async () => JSON.stringify(await pass()) === JSON.stringify([{ state: 'REVOKED', why: 'RECOVERED', status: 1 }]), 'the pass has ended again');
    await until(declined, 'it is declined again');
    await heldBy('shanghai', 3);
    await isSettled();
    await stop();
  });

  it('stays shredded, when the province that did it forgets that it did', async () => {
    let stop = run();
    await give('shanghai', 'jiangsu');
    await heldBy('jiangsu', 2);
    await goneTo('shanghai', 'jiangsu', 2);
    await stop();
    const backup = await all.jiangsu.backup();
    stop = run();
    await shredMember(all.jiangsu.services.db, memberId, 'REQUEST', new Date());
    const keys = async (name: Name): Promise<number> => (await all[name].rows('select 1 from exchange_key where subject = $1', [memberId])).length;
    await until(async () => (await keys('shanghai')) === 0, 'shanghai forgets');
    await stop();
    await all.jiangsu.restore(backup);
    expect([await rowAt('jiangsu'), await keys('jiangsu')]).toEqual([{ held: true, movedTo: null, version: 2 }, 1]);
    stop = run();
    await isAt('jiangsu', { held: false, movedTo: null, version: 2 });
    expect(await keys('jiangsu')).toBe(0);
    await stop();
  });
});
