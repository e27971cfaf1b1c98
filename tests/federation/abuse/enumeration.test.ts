import { describe, expect, test } from '@jest/globals';
import { codesOf, underAttack } from './attack.js';

const attack = underAttack({ provinceEnv: { DELTA_LOOKUP_LIMIT_PERSON: '80', DELTA_LOOKUP_LIMIT_VIEWER: '8', DELTA_LOOKUP_LIMIT_ORGANIZATION: '100000', DELTA_LOOKUP_LIMIT_PROVINCE: '100000' } });
const numberOf = (slug: string): string => attack.now.zone.anchors(slug).people[0].idNumber;
const one = (idNumber: string): object => ({ idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() });

describe('wants to try one number after another', () => {
  test('by aliases of one request', async () => {
    const token = await attack.now.zone.token({ subject: 'aliases' });
    const variables = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`i${i}`, one(numberOf('anhui'))]));
    const query = `mutation(${Object.keys(variables).map((name) => `$${name}: OpenLookupInput!`).join(' ')}) { shanghai { ${Object.keys(variables).map((name) => `${name}: openLookup(input: $${name}) { lookup { id member { id } } }`).join(' ')} } }`;
    const { data, errors } = await attack.now.zone.ask<{ shanghai: Record<string, { lookup: object } | null> }>(query, variables, token);
    expect(Object.values(data.shanghai).filter((opened) => opened?.lookup)).toHaveLength(8);
    expect(new Set(codesOf({ errors }))).toEqual(new Set(['LOOKUP_LIMIT']));
  });
  test('by more aliases than a document may have', async () => {
    const query = `mutation($i: OpenLookupInput!) { shanghai { ${Array.from({ length: 60 }, (_, i) => `a${i}: openLookup(input: $i) { lookup { id } }`).join(' ')} } }`;
    expect(codesOf(await attack.now.zone.ask<unknown>(query, { i: one(numberOf('anhui')) }, await attack.now.zone.token({ subject: 'wide' })))).toEqual(['DOCUMENT_TOO_WIDE']);
  });
  test('by a batch', async () => {
    const operation = { query: '{ provinces { code } }' };
    expect((await attack.now.raw(JSON.stringify([operation, operation]))).codes).toEqual(['BATCH_REFUSED']);
  });
  test('slowly, one request after another', async () => {
    const token = await attack.now.zone.token({ subject: 'slow' });
    const codes: string[] = [];
    for (let i = 0; i < 10; i += 1) codes.push(codesOf(await attack.now.lookUp('anhui', token))[0] ?? 'answered');
    expect(codes).toEqual([...Array<string>(8).fill('answered'), 'LOOKUP_LIMIT', 'LOOKUP_LIMIT']);
  });
  test('all at once', async () => {
    const token = await attack.now.zone.token({ subject: 'at-once' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => attack.now.lookUp('anhui', token)));
    expect(answers.filter((answer) => !answer.errors)).toHaveLength(8);
  });
  test('by many accounts about one person', async () => {
    const codes: string[] = [];
    for (let account = 0; account < 18; account += 1) {
      const token = await attack.now.zone.token({ subject: `many-${account}` });
      for (let i = 0; i < 5; i += 1) codes.push(codesOf(await attack.now.lookUp('zhejiang', token))[0] ?? 'answered');
    }
    expect(codes.filter((code) => code === 'answered').length).toBe(80);
    expect(codes.at(-1)).toBe('LOOKUP_LIMIT');
  }, 120_000);
  test('by asking in the limit\'s shadow: cases and reveals are counted too', async () => {
    const token = await attack.now.zone.token({ subject: 'cases', organization: attack.now.zone.anchors('shanghai').clerkOrganizationId });
    const open = 'mutation($input: OpenCaseInput!) { shanghai { openCase(input: $input) { case { id } } } }';
    const codes: string[] = [];
    for (let i = 0; i < 10; i += 1) codes.push(codesOf(await attack.now.zone.ask<unknown>(open, { input: { ...one(numberOf('jiangsu')), purpose: 'MEMBER_SERVICE' } }, token))[0] ?? 'answered');
    expect(codes.slice(-2)).toEqual(['LOOKUP_LIMIT', 'LOOKUP_LIMIT']);
  });
});

describe('wants a whole list', () => {
  const page = async (args: string, variables: object = {}) => attack.now.zone.ask<Record<string, unknown>>(`query($after: String) { shanghai { organizations(${args}, after: $after) { pageInfo { endCursor } edges { cursor } } } }`, variables, await attack.now.zone.token());
  test('by a page without end', async () => {
    for (const first of [101, 0, -1, 2_147_483_647]) expect(['PAGE_SIZE', 'LIST_TOO_LARGE']).toContain(codesOf(await page(`first: ${first}`))[0]);
  });
  test('by a forged, altered or borrowed cursor', async () => {
    const { data } = await page('first: 1');
    const cursor = (data['shanghai'] as { organizations: { pageInfo: { endCursor: string } } }).organizations.pageInfo.endCursor;
    const altered = cursor.slice(0, -2) + (cursor.endsWith('AA') ? 'BB' : 'AA');
    for (const after of [altered, '31.MzE.AAAAAAAAAAAAAAAAAAAAAA', 'MQ==', '', '\' or 1=1 --']) {
      expect(codesOf(await page('first: 1', { after }))[0]).toMatch(/^CURSOR_(TAMPERED|MALFORMED)$/);
    }
    const members = await attack.now.zone.ask<unknown>('query($after: String) { shanghai { members(first: 1, after: $after) { edges { cursor } } } }', { after: cursor }, await attack.now.zone.token());
    expect(codesOf(members)[0]).toMatch(/^CURSOR_(TAMPERED|FOREIGN)$/);
    const elsewhere = await attack.now.zone.ask<unknown>('query($after: String) { anhui { organizations(first: 1, after: $after) { edges { cursor } } } }', { after: cursor }, await attack.now.zone.token());
    expect(codesOf(elsewhere)).toEqual(['CURSOR_FOREIGN']);
  });
  test('of members, by walking the pages of a scope that is not one\'s own', async () => {
    const token = await attack.now.zone.token({ organization: '31-01890000-0000-7000-8000-000000000000' });
    const { data } = await attack.now.zone.ask<unknown>('{ shanghai { members(first: 100) { edges { node { id } } } } }', {}, token);
    expect(data).toEqual({ shanghai: { members: { edges: [] } } });
  });
});
