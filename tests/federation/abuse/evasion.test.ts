import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { lookupDocument } from '../../support/zone.js';
import { codesOf, underAttack } from './attack.js';

const attack = underAttack();
const disclosures = (subject: string): Promise<{ fields: string[] }[]> =>
  attack.now.zone.rows('anhui', 'select fields from audit_entry where kind = \'DISCLOSURE\' and viewer_subject = $1', [subject]);

describe('wants to see without being seen', () => {
  test('by hanging up before the answer arrives', async () => {
    const { zone } = attack.now;
    const subject = `hang-up-${crypto.randomUUID()}`;
    const token = await zone.token({ subject });
    const body = JSON.stringify({ query: lookupDocument, variables: { input: { idNumber: zone.anchors('anhui').people[0].idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() } } });
    const request = httpRequest(new URL('/graphql', zone.gateway.url), { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } });
    request.on('error', () => undefined);
    request.end(body);
    await sleep(25);
    request.destroy();
    await sleep(1_000);
    // The act is recorded whenever it was opened; what the owner gave for it too.
    const [acts] = await zone.rows<{ count: string }>('shanghai', 'select count(*) from audit_entry where kind = \'LOOKUP\' and viewer_subject = $1', [subject]);
    const [opened] = await zone.rows<{ count: string }>('shanghai', 'select count(*) from lookup where viewer_subject = $1', [subject]);
    expect(acts).toEqual(opened);
  });

  test('while the owner cannot record', async () => {
    const { zone, lookUp } = attack.now;
    await zone.rows('anhui', 'alter table audit_pending rename to audit_pending_away');
    try {
      const answer = await lookUp();
      expect(codesOf(answer)).toEqual(['AUDIT_UNAVAILABLE']);
      expect(answer.data.shanghai.openLookup.lookup.member).toBeNull();
      expect(answer.text).not.toMatch(/赵|AnhuiMember.*name/);
    } finally {
      await zone.rows('anhui', 'alter table audit_pending_away rename to audit_pending');
    }
  });

  test('by asking for the same fields under many names, which are recorded once and whole', async () => {
    const { zone } = attack.now;
    const subject = `aliases-${crypto.randomUUID()}`;
    const query = 'mutation($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { member { a: name b: gender ... on AnhuiMember { c: idNumberMasked } } } } } }';
    await zone.ask(query, { input: { idNumber: zone.anchors('anhui').people[0].idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() } }, await zone.token({ subject }));
    expect(await disclosures(subject)).toEqual([{ fields: ['gender', 'idNumberMasked', 'name'] }]);
  });

  test('by being refused: that is recorded too', async () => {
    const { zone, lookUp } = attack.now;
    const subject = `refused-${crypto.randomUUID()}`;
    await lookUp('anhui', await zone.token({ subject, role: 'grid_worker' }));
    await lookUp('anhui', await zone.token({ subject }), 'MEMBER_SERVICE');
    expect(await zone.rows('shanghai', 'select reason from audit_entry where kind = \'REFUSAL\' and viewer_subject = $1 order by at', [subject])).toEqual([{ reason: 'FORBIDDEN' }, { reason: 'CASE_REQUIRED' }]);
  });
});

describe('wants to rewrite what was seen', () => {
  /** What becomes of a statement of the service's own role: `done`, or the SQLSTATE. */
  const attempt = async (owner: string, sql: string): Promise<string> => {
    const client = new pg.Client({ connectionString: attack.now.zone.databaseUrl(owner) });
    await client.connect();
    return client.query(sql).then(() => 'done', (error: unknown) => (error as { code: string }).code).finally(() => client.end());
  };
  test.each(['shanghai', 'zone'])('as the service of %s: its role may add, not change', async (owner) => {
    for (const table of ['audit_entry', 'audit_seal', 'audit_checkpoint', 'audit_witness']) {
      for (const sql of [`update ${table} set ${table === 'audit_entry' ? 'fields = \'{}\'' : 'hash = hash'}`, `delete from ${table}`, `truncate ${table}`]) expect([sql, await attempt(owner, sql)]).toEqual([sql, '42501']);
    }
    expect(await attempt(owner, 'drop table audit_entry')).toBe('42501');
    expect(await attempt(owner, 'alter table audit_entry disable trigger all')).toBe('42501');
  });
});
