import { expect, test } from '@jest/globals';
import { provinceByCode, provinceBySlug, provinces } from './provinces.js';

test('finds a province by its code and by its slug, and nothing for the zone or an unknown code', () => {
  expect(provinceByCode('31')?.slug).toBe('shanghai');
  expect(provinceBySlug('anhui')?.code).toBe('34');
  expect(provinceBySlug('zone')).toBeUndefined();
  expect(provinceByCode('11')).toBeUndefined();
});

test('no two provinces share a code, a slug or a type prefix', () => {
  for (const property of ['code', 'slug', 'prefix', 'name'] as const) {
    expect(new Set(provinces.map((province) => province[property])).size).toBe(provinces.length);
  }
});
