import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { requireIdOf } from '@delta/schema/ids';
import { childrenOf, findDivision, isWithin, type Division } from '../division/index.js';
import { isSyntheticPhone } from '../member/phone.js';
import { anchorsOf, checkSyntheticConfig, syntheticOrganizations, syntheticStations, type SyntheticConfig } from './index.js';
import { isTown } from './places.js';
import { anhui, configs, shanghai } from './testing/configs.js';

const digest = (rows: Iterable<unknown>): string => createHash('sm3').update(JSON.stringify([...rows])).digest('hex');

const kinds = ['AWAY_COMMITTEE', 'AWAY_GENERAL_BRANCH', 'BRANCH', 'BUILDING_BRANCH', 'COMMITTEE', 'GENERAL_BRANCH', 'LIAISON_STATION', 'MOBILE_BRANCH',
  'NEWCOMER_BRANCH', 'ONLINE_BRANCH', 'PARK_BRANCH', 'PARTY_GROUP', 'TALENT_CENTRE_COMMITTEE', 'TEMPORARY_PROJECT_BRANCH', 'VILLAGE_UNIT'];

describe.each(configs)('the organisations of province $code', (config) => {
  const organizations = [...syntheticOrganizations(config)];
  const byId = new Map(organizations.map((organization) => [organization.id, organization]));

  test('are thousands, no more than can be loaded at a start, with distinct ids and names', () => {
    expect(organizations.length).toBeGreaterThan(2000);
    expect(organizations.length).toBeLessThanOrEqual(4000);
    expect(byId.size).toBe(organizations.length);
    expect(new Set(organizations.map(({ name }) => name)).size).toBe(organizations.length);
    expect(organizations.filter(({ id }) => requireIdOf(config.code, id) !== id)).toEqual([]);
  });

  test('hang in one tree, every parent before its children', () => {
    const seen = new Set<string>();
    const astray = organizations.filter(({ id, parentId, path }) => {
      const expected = [...(parentId === null ? [] : byId.get(parentId)?.path ?? ['unknown parent']), id];
      const early = !path.slice(0, -1).every((above) => seen.has(above));
      seen.add(id);
      return early || path.join() !== expected.join();
    });
    expect(astray).toEqual([]);
    expect(organizations.filter(({ parentId }) => parentId === null).map(({ kind, divisionCode }) => [kind, divisionCode])).toEqual([['COMMITTEE', `${config.code}0000`]]);
  });

  test('stand in divisions of the province, and every city, county, street and town has its committee', () => {
    expect(organizations.filter(({ divisionCode }) => !isWithin(divisionCode, `${config.code}0000`))).toEqual([]);
    const committees = new Set(organizations.filter(({ kind }) => kind === 'COMMITTEE').map(({ divisionCode }) => divisionCode));
    const branches = new Set(organizations.filter(({ kind }) => kind === 'BRANCH').map(({ divisionCode }) => divisionCode));
    const below = (code: string): Division[] => childrenOf(code).flatMap((division) => [division, ...below(division.code)]);
    const divisions = below(`${config.code}0000`);
    const [towns, above] = [divisions.filter(isTown), divisions.filter(({ level }) => level !== 'TOWN')];
    expect(towns.length).toBeGreaterThan(200);
    expect([...above, ...towns].filter(({ code }) => !committees.has(code))).toEqual([]);
    expect(towns.filter(({ code }) => !branches.has(code))).toEqual([]);
  });

  test('are of every kind, invented, and reached by numbers that can be nobody\'s', () => {
    expect([...new Set(organizations.map(({ kind }) => kind))].sort()).toEqual(kinds);
    expect(organizations.filter(({ name, shortName }) => !name.includes('示例') || !shortName.includes('示例') || shortName.length > name.length)).toEqual([]);
    expect(organizations.filter(({ officePhone, address }) => !isSyntheticPhone(officePhone) || !/示例路[0-9]+号$/.test(address))).toEqual([]);
    expect(organizations.filter(({ kind, endsOn }) => (endsOn !== null) !== (kind === 'TEMPORARY_PROJECT_BRANCH'))).toEqual([]);
  });

  test('stations of three tiers are run by organisations that exist', () => {
    const stations = [...syntheticStations(config)];
    expect([...new Set(stations.map(({ tier }) => tier))].sort()).toEqual(['LIAISON', 'STATION', 'WINDOW']);
    expect(stations.filter(({ organizationId, divisionCode }) => !byId.has(organizationId) || !findDivision(divisionCode))).toEqual([]);
    expect(stations.filter(({ tier, divisionCode }) => tier !== 'LIAISON' && !isWithin(divisionCode, `${config.code}0000`))).toEqual([]);
    expect(stations.filter(({ hours }) => hours.length < 5 || hours.some(({ weekday, opens, closes }) => weekday < 1 || weekday > 7 || opens >= closes))).toEqual([]);
    // Three shifts, on days on which the station is open, each by the title of an office.
    expect(stations.filter(({ hours, dutyRoster }) => dutyRoster.length !== 3
      || dutyRoster.some((shift) => !shift.office.endsWith('岗') || !isSyntheticPhone(shift.officePhone) || !hours.some(({ weekday }) => weekday === shift.weekday)))).toEqual([]);
    expect(stations.filter(({ hotline, name }) => !isSyntheticPhone(hotline) || !name.includes('示例'))).toEqual([]);
    expect(new Set(stations.map(({ id }) => id)).size).toBe(stations.length);
  });

  test('the anchors stand where the configuration puts them', () => {
    const { clerkOrganizationId, branchId, stationId, people } = anchorsOf(config);
    expect(byId.get(clerkOrganizationId)).toMatchObject({ kind: 'COMMITTEE', divisionCode: config.anchors.town });
    expect(byId.get(branchId)).toMatchObject({ kind: 'BRANCH', parentId: clerkOrganizationId });
    expect([...syntheticStations(config)].find(({ id }) => id === stationId)).toMatchObject({ tier: 'WINDOW', organizationId: clerkOrganizationId });
    expect(people.map(({ name }) => name)).toEqual(config.anchors.names);
    const [first, second, third] = people.map(({ homeOrganizationId }) => byId.get(homeOrganizationId)!);
    expect(first!.id).toBe(branchId);
    expect(second!.id).not.toBe(branchId);
    expect(second!.path).toContain(clerkOrganizationId);
    expect(third!.divisionCode).toBe(config.anchors.elsewhere);
    expect(third!.path).not.toContain(clerkOrganizationId);
    expect(people.map(({ affiliation }) => affiliation)).toEqual(['HOME', 'HOME', config.anchors.externalHome ? 'EXTERNAL' : 'HOME']);
  });
});

describe('organisations and stations', () => {
  test('are the same everywhere for the same configuration', () => {
    expect(configs.map((config) => digest([...syntheticOrganizations(config), ...syntheticStations(config)]))).toEqual([
      'a4c49382f88b13f6d341415af4ab5cca7f6e569f2d68271f8008da063aea5058',
      '70fb00078a036174ee798eed098a6211e31dc9b24312ed73406b757241e4c7a3',
      '7b66b7d8f792e6999631c007e13b937f53b9f79f9cbeb5ffbd7a51f96053ed80',
      'fcb1a705b4e069d6af4c1ab859b31673a91eb37cb95200bb35269b8203b66c65',
    ]);
  });

  test('of the demonstration towns read as people would write them', () => {
    const names = new Map([...syntheticOrganizations(shanghai)].filter(({ divisionCode }) => divisionCode === '310118102').map(({ kind, name }) => [kind, name]));
    expect(names.get('COMMITTEE')).toBe('中共青浦区朱家角镇示例委员会');
    expect(names.get('NEWCOMER_BRANCH')).toBe('青浦区朱家角镇示例新村民党支部');
    expect(names.get('BUILDING_BRANCH')).toBe('青浦区朱家角镇示例大厦联合党支部');
    expect([...syntheticOrganizations(anhui)].find(({ kind }) => kind === 'AWAY_COMMITTEE')!.name).toMatch(/^合肥市驻.+市示例流动党员联合委员会$/);
  });

  test.each<[what: string, change: Partial<SyntheticConfig>]>([
    ['a province that does not exist', { code: '99' }],
    ['numbers that somebody could have', { region: '310118' }],
    ['another province\'s region', { region: '349999' }],
    ['a seed out of range', { seed: -1 }],
    ['a share above one', { externalShare: 1.1 }],
    ['a share that is no number', { externalShare: Number.NaN }],
    ['an anchor in another province', { anchors: { ...shanghai.anchors, town: '320509110' } }],
    ['an anchor that is no town', { anchors: { ...shanghai.anchors, town: '310118' } }],
    ['both anchors in one county', { anchors: { ...shanghai.anchors, elsewhere: '310118104' } }],
    ['an unknown home outside', { anchors: { ...shanghai.anchors, externalHome: '990000' } }],
    ['a home outside that lies within the zone', { anchors: { ...shanghai.anchors, externalHome: '341882' } }],
  ])('a configuration with %s is refused', (_, change) => {
    expect(() => checkSyntheticConfig({ ...shanghai, ...change })).toThrow(RangeError);
    expect(() => anchorsOf({ ...shanghai, ...change })).toThrow(/Synthetic data of province/);
  });

  test.each(configs)('the configuration of province $code is accepted', (config) => {
    expect(() => checkSyntheticConfig(config)).not.toThrow();
  });
});
