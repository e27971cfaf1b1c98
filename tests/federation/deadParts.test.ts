import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookupDocument, startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone(); });
afterAll(async () => { await zone?.close(); });

const lookup = async () => zone.ask(lookupDocument,
  { input: { idNumber: zone.anchors('anhui').people[0].idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() } }, await zone.token());
const codes = (answer: { errors?: readonly { extensions: { code: string; province?: string } }[] }): unknown =>
  answer.errors?.map(({ extensions }) => [extensions.code, extensions.province]);

// In order: each part dies and stays dead, and own-province work goes on to the end.
describe('when parts of the zone die', () => {
  it('a dead owner costs the lookup its member alone, and the act is kept', async () => {
    await zone.stop('anhui');
    const answer = await lookup();
    expect(codes(answer)).toEqual([['PROVINCE_UNAVAILABLE', 'anhui']]);
    const { id, member } = answer.data.shanghai.openLookup.lookup;
    expect(member).toBeNull();
    expect(await zone.rows('shanghai', 'select purpose from lookup where id = $1', [id])).toEqual([{ purpose: 'CHECK_IN' }]);
  });

  it('a list over all provinces keeps what the living ones answer', async () => {
    const answer = await zone.ask<{ provinces: { code: string; name: string; organizations: object | null }[] }>('{ provinces { code name organizations(first: 1) { edges { node { name } } } } }');
    expect(answer.data.provinces.map(({ code, organizations }) => [code, organizations !== null])).toEqual([['31', true], ['32', true], ['33', true], ['34', false]]);
    expect(codes(answer)).toEqual([['PROVINCE_UNAVAILABLE', 'anhui']]);
  });

  it('without the zone a lookup is recorded and says what is missing, and own-province work goes on', async () => {
    await zone.stop('zone');
    const answer = await lookup();
    expect(codes(answer)).toEqual([['ZONE_UNAVAILABLE', 'zone']]);
    const own = await zone.ask<{ shanghai: { members: { edges: unknown[] } } }>('{ shanghai { name members(first: 1) { edges { node { id name } } } } }', {}, await zone.token());
    expect(own.errors).toBeUndefined();
    expect(own.data.shanghai.members.edges).toHaveLength(1);
  });

  it('a dead part is refused fast', async () => {
    const started = performance.now();
    for (let i = 0; i < 10; i++) await zone.ask<unknown>('{ anhui { organizations(first: 1) { edges { cursor } } } }');
    expect((performance.now() - started) / 10).toBeLessThan(100);
  });
});
