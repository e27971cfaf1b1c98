import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookupDocument, startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone(); });
afterAll(async () => { await zone?.close(); });

/** The codes of an answer, and a check that nothing of the inside and no number reaches the client. */
async function codes(query: string, variables: object = {}, token: string | null = null): Promise<string[]> {
  const { errors = [], text } = await zone.ask<unknown>(query, variables, token);
  for (const error of errors) expect(error.extensions.remedy).toBeTruthy();
  expect(text).not.toMatch(/[0-9]{17}[0-9X]|stack|node_modules|select .* from|127\.0\.0\.1|postgres/i);
  return errors.map((error) => error.extensions.code);
}
const lookup = async (idNumber: unknown, rest: object = {}): Promise<string[]> =>
  codes(lookupDocument, { input: { idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID(), ...rest } }, await zone.token());

describe('an ID number', () => {
  it.each([
    ['of the wrong length', '34999919900101001', 'ID_NUMBER_LENGTH'],
    ['with a letter', '34999919900101001A', 'ID_NUMBER_FORMAT'],
    ['with a date that does not exist', '349999199002300010', 'ID_NUMBER_DATE'],
    ['of no region', '009999199001010017', 'ID_NUMBER_REGION'],
    ['of a real region, in a demonstration', '110101199003070118', 'ID_NUMBER_NOT_SYNTHETIC'],
  ])('%s is refused', async (_, idNumber, code) => {
    expect((await lookup(idNumber))[0]).toMatch(code === 'ID_NUMBER_NOT_SYNTHETIC' ? /^ID_NUMBER_(NOT_SYNTHETIC|CHECKSUM)$/ : new RegExp(`^${code}$`));
  });

  it('with a wrong check character is refused, and no lookup is recorded', async () => {
    const before = await zone.rows('shanghai', 'select count(*) from lookup');
    const { idNumber } = zone.anchors('anhui').people[0];
    const wrong = idNumber.slice(0, 17) + (idNumber.endsWith('1') ? '2' : '1');
    expect(await lookup(wrong)).toEqual(['ID_NUMBER_CHECKSUM']);
    expect(await zone.rows('shanghai', 'select count(*) from lookup')).toEqual(before);
  });

  it('passed as a number is refused without being repeated', async () => {
    expect(await lookup(Number('349999199001010'))).toEqual(['VARIABLES_INVALID']);
  });

  it('written into the document is refused', async () => {
    const { idNumber } = zone.anchors('anhui').people[0];
    const literal = `mutation { shanghai { openLookup(input: { idNumber: "${idNumber}", purpose: CHECK_IN, clientKey: "12345678" }) { lookup { id } } } }`;
    expect(await codes(literal, {}, await zone.token())).toEqual(['LITERAL_PERSONAL_DATA']);
    expect(await codes(`{ province(code: "${idNumber}") { name } }`)).toEqual(['LITERAL_PERSONAL_DATA']);
  });
});

describe('a lookup', () => {
  it('for an unknown purpose is refused', async () => {
    expect(await lookup(zone.anchors('anhui').people[0].idNumber, { purpose: 'CURIOSITY' })).toEqual(['VARIABLES_INVALID']);
  });

  it('with a client key that is none is refused', async () => {
    expect(await lookup(zone.anchors('anhui').people[0].idNumber, { clientKey: 'x' })).toEqual(['CLIENT_KEY_INVALID']);
  });

  it('is open to clerks and secretaries of the asking province only', async () => {
    const input = { input: { idNumber: zone.anchors('anhui').people[0].idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() } };
    expect(await codes(lookupDocument, input)).toEqual(['UNAUTHENTICATED']);
    expect(await codes(lookupDocument, input, await zone.token({ role: 'member' }))).toEqual(['FORBIDDEN']);
    expect(await codes(lookupDocument, input, await zone.token({ province: 'jiangsu' }))).toEqual(['OUT_OF_SCOPE']);
  });
});

describe('ids, cursors and pages', () => {
  const organization = (id: string): Promise<string[]> => codes('query($id: ID!) { organization(id: $id) { name } }', { id });

  it('refuses malformed, foreign and unknown ids', async () => {
    expect(await organization('31-nonsense')).toEqual(['MALFORMED_ID']);
    expect(await organization('99-01890000-0000-7000-8000-000000000000')).toEqual(['UNKNOWN_PROVINCE']);
    expect(await organization('31-01890000-0000-7000-8000-000000000000')).toEqual(['NOT_FOUND']);
    expect(await codes('query($id: ID!) { member(id: $id) { name } }', { id: '1' }, await zone.token())).toEqual(['MALFORMED_ID']);
    expect(await codes('{ province(code: "99") { name } }')).toEqual(['UNKNOWN_PROVINCE']);
    expect(await codes('{ shanghai { organizations(first: 1, filter: { divisionCode: "319998" }) { edges { cursor } } } }')).toEqual(['UNKNOWN_DIVISION']);
  });

  it('refuses a page size that is missing, 0, negative or over 100', async () => {
    const page = (args: string): Promise<string[]> => codes(`{ shanghai { organizations${args} { edges { cursor } } } }`);
    expect(await page('')).toEqual(['DOCUMENT_INVALID']);
    for (const first of [0, -1, 101]) expect(await page(`(first: ${first})`)).toEqual(['PAGE_SIZE']);
  });

  it('refuses cursors that are malformed, another province\'s, another list\'s or altered', async () => {
    const first = await zone.ask<{ shanghai: { organizations: { pageInfo: { endCursor: string } } } }>('{ shanghai { organizations(first: 1) { pageInfo { endCursor } } } }');
    const cursor = first.data.shanghai.organizations.pageInfo.endCursor;
    const after = (slug: string, value: string, list = 'organizations'): Promise<string[]> => codes(`query($after: String) { ${slug} { ${list}(first: 1, after: $after) { edges { cursor } } } }`, { after: value });
    expect(await after('shanghai', cursor)).toEqual([]);
    expect(await after('shanghai', 'nonsense')).toEqual(['CURSOR_MALFORMED']);
    expect(await after('jiangsu', cursor)).toEqual(['CURSOR_FOREIGN']);
    expect(await after('shanghai', cursor, 'stations')).toEqual(['CURSOR_TAMPERED']);
    const [province, position, mac] = cursor.split('.');
    expect(await after('shanghai', `${province}.${Buffer.from('31-x').toString('base64url')}.${mac}`)).toEqual(['CURSOR_TAMPERED']);
    expect(await after('shanghai', `${province}.${position}.${'A'.repeat(22)}`)).toEqual(['CURSOR_TAMPERED']);
  });
});

describe('a token', () => {
  const viewer = (token: string): Promise<string[]> => codes('{ viewer { role } }', {}, token);

  it('that is malformed, altered, expired or for another audience is refused', async () => {
    const good = await zone.token();
    expect(await viewer(good)).toEqual([]);
    expect(await viewer('nonsense')).toEqual(['TOKEN_MALFORMED']);
    const [head, body, signature] = good.split('.') as [string, string, string];
    const raised = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()) as object, role: 'branch_secretary' })).toString('base64url');
    expect(await viewer(`${head}.${raised}.${signature}`)).toEqual(['TOKEN_SIGNATURE']);
    expect(await viewer(await zone.token({ lifeSeconds: -60 }))).toEqual(['TOKEN_EXPIRED']);
  });

  it('with a role, organisation or province that its issuer may not give is refused', async () => {
    expect(await viewer(await zone.token({ claims: { role: 'zone_operator' } }))).toEqual(['TOKEN_ROLE_NOT_ALLOWED']);
    expect(await viewer(await zone.token({ organization: zone.anchors('anhui').clerkOrganizationId }))).toEqual(['TOKEN_ROLE_NOT_ALLOWED']);
    expect(await viewer(await zone.token({ claims: { province: '34' } }))).toEqual(['TOKEN_ROLE_NOT_ALLOWED']);
  });
});

describe('a document', () => {
  it('that is too deep, too wide, too large or asks for too long lists is refused', async () => {
    const nest = (n: number): string => (n === 0 ? 'name' : `parent { ${nest(n - 1)} }`);
    expect(await codes(`{ shanghai { organizations(first: 1) { edges { node { ${nest(40)} } } } } }`)).toEqual(['DOCUMENT_TOO_DEEP']);
    expect(await codes(`{ ${Array.from({ length: 60 }, (_, i) => `a${i}: shanghai { name }`).join(' ')} }`)).toEqual(['DOCUMENT_TOO_WIDE']);
    expect(await codes(`{ shanghai { ${'name '.repeat(20_000)} } }`)).toEqual(['DOCUMENT_TOO_LARGE']);
    const lists = 'children(first: 100) { edges { node { children(first: 100) { edges { node { name } } } } } }';
    expect(await codes(`{ shanghai { organizations(first: 100) { edges { node { ${lists} } } } } }`)).toEqual(['LIST_TOO_LARGE']);
  });

  it('that does not fit the schema is refused without suggestions', async () => {
    const { errors, text } = await zone.ask<unknown>('{ shanghai { nam } }');
    expect(errors?.[0]?.extensions.code).toBe('DOCUMENT_INVALID');
    expect(text).not.toMatch(/did you mean/i);
  });

  it('that asks for what the services keep to themselves is refused', async () => {
    for (const query of ['{ _service { sdl } }', '{ shanghai { members(first: 1) { edges { node { via } } } } }', 'mutation($i: OpenLookupInput!) { shanghai { openLookup(input: $i) { lookup { grant } } } }']) {
      expect((await codes(query, { i: { idNumber: 'x', purpose: 'CHECK_IN', clientKey: '12345678' } }))[0]).toBe('DOCUMENT_INVALID');
    }
  });
});

describe('a subgraph', () => {
  it('answers nobody but the gateway', async () => {
    for (const query of ['{ _service { sdl } }', '{ shanghai { name } }', '{ _entities(representations: []) { __typename } }']) {
      const response = await fetch(zone.urls['shanghai']!, { method: 'POST', headers: { 'content-type': 'application/json', 'x-delta-context': 'forged' }, body: JSON.stringify({ query }) });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'CONTEXT_REFUSED' } }] });
    }
  });
});
