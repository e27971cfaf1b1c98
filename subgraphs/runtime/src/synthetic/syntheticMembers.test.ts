import { beforeAll, describe, expect, test } from '@jest/globals';
import { isMemberId } from '@delta/schema/ids';
import validator from 'validator';
import { findDivision } from '../division/index.js';
import { checkIdNumber } from '../member/idNumber.js';
import { isSyntheticPhone } from '../member/phone.js';
import { createDraw } from './draw.js';
import { createIdNumberPlan, idNumberCapacity } from './idNumberPlan.js';
import { manifest, syntheticMember, syntheticMembers, syntheticOrganizations, type SyntheticMember } from './index.js';
import { nameParts, syntheticName } from './syntheticName.js';
import { anhui, configs } from './testing/configs.js';

const perProvince = 5000;
const today = '2026-11-23';
const members = new Map<string, SyntheticMember[]>();
let all: SyntheticMember[] = [];

beforeAll(() => {
  for (const config of configs) members.set(config.code, [...syntheticMembers(config, 0, perProvince)]);
  all = [...members.values()].flat();
});

const share = (list: readonly SyntheticMember[], holds: (member: SyntheticMember) => boolean): number => list.filter(holds).length / list.length;
const yearsAfter = (day: string, years: number): string => `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;

describe('synthetic ID numbers', () => {
  test('20,000 of 20,000 pass our own check in a demonstration and a second opinion, and none is given twice', () => {
    expect(all.filter(({ idNumber }) => checkIdNumber(idNumber, { mode: 'demo', today }) !== idNumber)).toEqual([]);
    expect(all.filter(({ idNumber }) => !validator.isIdentityCard(idNumber, 'zh-CN'))).toEqual([]);
    expect(new Set(all.map(({ idNumber }) => idNumber)).size).toBe(20_000);
  });

  test('no synthetic number is accepted in production', () => {
    for (const { idNumber } of all.slice(0, 200)) {
      expect(() => checkIdNumber(idNumber, { mode: 'production', today })).toThrow(expect.objectContaining({ code: 'ID_NUMBER_SYNTHETIC' }));
    }
  });

  test('numbers from both ends of a region\'s range are distinct, and past its end there are none', () => {
    const number = createIdNumberPlan('319999', 1);
    const seen = new Set<string>();
    for (let index = 0; index < 150_000; index += 1) {
      seen.add(number(index).idNumber);
      seen.add(number(idNumberCapacity - 1 - index).idNumber);
    }
    expect(seen.size).toBe(300_000);
    expect(idNumberCapacity).toBe(6_127_000);
    for (const index of [idNumberCapacity, -1, 0.5, Number.NaN]) expect(() => number(index)).toThrow(RangeError);
  });

  test('numbers merely drawn would collide, so the count of distinct ones is a test', () => {
    const draw = createDraw(1, 'control');
    const drawn = Array.from({ length: 20_000 }, (_, index) => draw(index, 0) % 22_645_000);
    expect(new Set(drawn).size).toBeLessThan(20_000);
  });

  test('a number tells the member\'s birth and gender', () => {
    expect(all.filter(({ idNumber, birth }) => idNumber.slice(6, 14) !== birth.replaceAll('-', ''))).toEqual([]);
    expect(all.filter(({ idNumber, gender }) => Number(idNumber.charAt(16)) % 2 !== (gender === 'MALE' ? 1 : 0))).toEqual([]);
  });
});

describe('synthetic members', () => {
  test('the same configuration gives the same members everywhere', () => {
    expect(configs.map((config) => manifest(config, 1000).sm3)).toEqual([
      'cd5f622fa4eb65cda9e0c7ef7c05f89a5340d512a0af2da1b400dff7f1da732b',
      '5f9d334c58b234ce7377fce95740f56c3f96adaf6241318a10598acb9c0fffb6',
      '6d82be22f4fa6f5ee259c4937465a7356c44a835253fa359d4ad28623512c7de',
      'ac3b7dc9012a49fa862703cd6a6c793b0d3e8a1a4bbf8cf93cc7ee20a805947a',
    ]);
  });

  test('a member derived alone is the member of the sequence, and shards join without a seam', () => {
    expect(syntheticMember({ ...anhui }, 4321)).toEqual(members.get('34')![4321]);
    expect([...syntheticMembers(anhui, 100, 150), ...syntheticMembers(anhui, 150, 200)]).toEqual(members.get('34')!.slice(100, 200));
    expect(manifest(anhui, 50, 100)).toMatchObject({ province: '34', from: 100, rows: 50, version: 1 });
    expect(manifest(anhui, 50, 100).sm3).not.toBe(manifest(anhui, 50, 101).sm3);
  });

  test('another seed is another population', () => {
    const other = [...syntheticMembers({ ...anhui, seed: anhui.seed + 1 }, 3, 1000)];
    const known = new Set(members.get('34')!.flatMap(({ id, idNumber }) => [id, idNumber]));
    expect(other.filter(({ id }) => known.has(id))).toEqual([]);
    expect(share(other, ({ idNumber }) => known.has(idNumber))).toBeLessThan(0.01);
    expect(manifest({ ...anhui, seed: anhui.seed + 1 }, 10).sm3).not.toBe(manifest(anhui, 10).sm3);
  });

  test('ids are permanent, distinct over all provinces and rise with the index', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(20_000);
    for (const list of members.values()) {
      expect(list.every(({ id }) => isMemberId(id))).toBe(true);
      expect(list.map(({ id }) => id)).toEqual(list.map(({ id }) => id).sort());
    }
  });

  test('phones are distinct and can be nobody\'s', () => {
    expect(new Set(all.map(({ phone }) => phone)).size).toBe(20_000);
    expect(all.filter(({ phone }) => !isSyntheticPhone(phone) || validator.isMobilePhone(phone, 'zh-CN'))).toEqual([]);
    expect(all.filter(({ phone }) => /^(100|101|106|110|112|114|119|12[0-8])/.test(phone))).toEqual([]);
  });

  test('ages are those of a mobile population, younger than all members', () => {
    for (const list of members.values()) {
      const between = (from: number, to: number): number => share(list, ({ birth }) => Number(birth.slice(0, 4)) >= from && Number(birth.slice(0, 4)) <= to);
      expect(between(1995, 2006)).toBeCloseTo(0.238, 3);
      expect(between(1985, 1994)).toBeCloseTo(0.403, 3);
      expect(between(1945, 1964)).toBeCloseTo(0.039, 3);
      expect(between(1945, 2006)).toBe(1);
      expect(share(list, ({ gender }) => gender === 'FEMALE')).toBeCloseTo(0.309, 3);
    }
  });

  test('everybody joined as an adult, and exactly those of the last year are on probation', () => {
    expect(all.filter(({ birth, joinedOn }) => joinedOn < yearsAfter(birth, 18) || joinedOn > '2026-01-01')).toEqual([]);
    expect(all.filter(({ joinedOn, probationary }) => probationary !== (joinedOn > '2025-01-01'))).toEqual([]);
    expect(share(all, ({ probationary }) => probationary)).toBeGreaterThan(0.005);
    expect(share(all, ({ probationary }) => probationary)).toBeLessThan(0.03);
  });

  test('only a province whose configuration says so has members from outside, and their homes lie outside', () => {
    expect(share(members.get('31')!, ({ affiliation }) => affiliation === 'EXTERNAL')).toBeCloseTo(0.45, 1);
    for (const { code } of configs.slice(1)) expect(members.get(code)!.every(({ affiliation, externalHome }) => affiliation === 'HOME' && externalHome === null)).toBe(true);
    const homes = members.get('31')!.flatMap(({ externalHome }) => externalHome ?? []);
    expect(homes.filter(({ divisionCode, text }) => /^3[1-4]/.test(divisionCode) || !findDivision(divisionCode) || !/示例(乡|街道)党支部$/.test(text))).toEqual([]);
    expect([...syntheticMembers({ ...anhui, externalShare: 1 }, 3, 50)].every(({ affiliation }) => affiliation === 'EXTERNAL')).toBe(true);
  });

  test('home branches are permanent ones, hosts take in mobile members, and branches differ in size', () => {
    const permanent = new Set(['BRANCH', 'VILLAGE_UNIT', 'BUILDING_BRANCH', 'PARK_BRANCH', 'NEWCOMER_BRANCH', 'MOBILE_BRANCH']);
    for (const config of configs) {
      const misplaced: string[] = [];
      const organizations = new Map([...syntheticOrganizations(config)].map((organization) => [organization.id, organization]));
      const sizes = new Map<string, number>();
      for (const { affiliation, homeOrganizationId } of members.get(config.code)!) {
        const branch = organizations.get(homeOrganizationId)!;
        sizes.set(branch.id, (sizes.get(branch.id) ?? 0) + 1);
        if (affiliation === 'HOME' ? !permanent.has(branch.kind) : !branch.acceptsMobileMembers) misplaced.push(branch.id);
      }
      expect(misplaced).toEqual([]);
      expect(sizes.size).toBeGreaterThan(500);
      expect(Math.max(...sizes.values())).toBeGreaterThan(15);
      expect(Math.max(...sizes.values())).toBeLessThan(80);
    }
  });
});

describe('synthetic names', () => {
  test('surnames come by their weight, and compound ones are rare', () => {
    expect(share(all, ({ name }) => name.startsWith('王'))).toBeCloseTo(0.085, 1);
    expect(share(all, ({ name }) => name.startsWith('王'))).toBeGreaterThan(share(all, ({ name }) => name.startsWith('周')));
    const compound = share(all, ({ name }) => /^(欧阳|上官|司马|诸葛|夏侯|令狐)/.test(name));
    expect(compound).toBeGreaterThan(0);
    expect(compound).toBeLessThan(0.005);
  });

  test('no member carries a blocked name, where without the list some would', () => {
    const lists = nameParts();
    const open = { ...lists, blocked: new Set<string>() };
    const draw = createDraw(7, 'names');
    const named = (parts: typeof lists): number => {
      let blocked = 0;
      for (let index = 0; index < 20_000; index += 1) if (lists.blocked.has(syntheticName(draw, index, index % 3 ? 'MALE' : 'FEMALE', parts))) blocked += 1;
      return blocked;
    };
    expect(named(lists)).toBe(0);
    expect(named(open)).toBeGreaterThan(0);
    expect(all.filter(({ name }) => lists.blocked.has(name))).toEqual([]);
  });

  test('every blocked name is one that the lists could compose', () => {
    const { surnames, given, blocked } = nameParts();
    const parts = new Set([...given.MALE, ...given.FEMALE]);
    expect([...blocked].filter((name) => !surnames.some((surname) => name.startsWith(surname) && parts.has(name.slice(surname.length))))).toEqual([]);
  });
});
