import { describe, expect, test } from '@jest/globals';
import { divisionTable } from './divisionTable.js';
import { childrenOf, findDivision, fullName, isKnownDivision, isWithin } from './index.js';

describe('divisions', () => {
  test('the table is read once, and fast enough to be read on the first request', () => {
    const start = performance.now();
    const first = divisionTable();
    // About 30 ms where nothing else runs; the bound leaves room for a machine that is busy.
    expect(performance.now() - start).toBeLessThan(500);
    expect(divisionTable()).toBe(first);
  });

  test('every level of the demonstration zone resolves by its code', () => {
    expect(findDivision('310000')).toMatchObject({ name: '上海市', level: 'PROVINCE', parentCode: null });
    expect(findDivision('320500')).toMatchObject({ name: '苏州市', level: 'CITY', parentCode: '320000' });
    expect(findDivision('310118')).toMatchObject({ name: '青浦区', level: 'COUNTY', parentCode: '310000' });
    expect(['310118102', '310118104', '320509110', '330421103', '330421111'].map((code) => findDivision(code)?.name))
      .toEqual(['朱家角镇', '金泽镇', '黎里镇', '西塘镇', '姚庄镇']);
    expect(fullName('310118102')).toBe('上海市青浦区朱家角镇');
    expect(fullName('341882104')).toBe('安徽省宣城市广德市新杭镇');
  });

  test('the four provinces have their 305 counties and 4,793 towns', () => {
    const inZone = [...divisionTable().versions.values()].map((list) => list.at(-1)!).filter(({ code, validTo }) => /^3[1-4]/.test(code) && validTo === null);
    expect(inZone.filter(({ level }) => level === 'COUNTY')).toHaveLength(305);
    expect(inZone.filter(({ level }) => level === 'TOWN')).toHaveLength(4793);
    expect(inZone.filter(({ level }) => level === 'CITY')).toHaveLength(40);
  });

  test('every parent exists, one level or more above', () => {
    const levels = ['PROVINCE', 'CITY', 'COUNTY', 'TOWN'];
    for (const list of divisionTable().versions.values()) {
      for (const { parentCode, level } of list) {
        if (parentCode === null) expect(level).toBe('PROVINCE');
        else expect(levels.indexOf(findDivision(parentCode)!.level)).toBeLessThan(levels.indexOf(level));
      }
    }
  });

  test('an abolished code stays resolvable, with the day on which it ended', () => {
    expect(findDivision('330103')).toEqual({ code: '330103', name: '下城区', level: 'COUNTY', parentCode: '330100', validFrom: null, validTo: '2021-04-09' });
    expect(isKnownDivision('330103')).toBe(true);
    expect(fullName('330103')).toBe('浙江省杭州市下城区');
    expect(childrenOf('330100').map(({ code }) => code)).not.toContain('330103');
  });

  test('asked for a day, a code resolves only while it was in force', () => {
    expect(findDivision('330103', '2021-04-08')?.name).toBe('下城区');
    expect(findDivision('330103', '2021-04-09')).toBeUndefined();
    expect(findDivision('330113', '2021-04-08')).toBeUndefined();
    expect(findDivision('330113', '2021-04-09')?.name).toBe('临平区');
  });

  test('codes that are no codes are not guessed at', () => {
    for (const code of ['', '31', '3101', '310100', '310118 ', ' 310118', '999999', '310118999', '__proto__']) {
      expect(isKnownDivision(code)).toBe(false);
      expect(fullName(code)).toBeUndefined();
      expect(childrenOf(code)).toEqual([]);
    }
  });

  test('towns of development zones that GB/T 2260 does not have belong to the city', () => {
    expect(findDivision('320571')).toBeUndefined();
    expect(childrenOf('341800').filter(({ level }) => level === 'TOWN').map(({ name }) => name)).toEqual(['天湖街道', '飞彩街道', '金坝街道']);
  });

  test('homes outside the zone resolve to the county, and cities without counties to their towns', () => {
    expect(fullName('411525')).toBe('河南省信阳市固始县');
    expect(fullName('429004')).toBe('湖北省仙桃市');
    expect(fullName('441900003')).toBe('广东省东莞市东城街道');
  });

  test('a division lies within itself and all that is above it', () => {
    expect(isWithin('310118102', '310118')).toBe(true);
    expect(isWithin('310118102', '310000')).toBe(true);
    expect(isWithin('310118', '310118')).toBe(true);
    expect(isWithin('310118', '310118102')).toBe(false);
    expect(isWithin('320509110', '310000')).toBe(false);
  });
});
