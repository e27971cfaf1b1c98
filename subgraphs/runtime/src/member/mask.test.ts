import { describe, expect, test } from '@jest/globals';
import validator from 'validator';
import { maskName } from './maskName.js';
import { isSyntheticPhone, maskPhone } from './phone.js';

describe('masks', () => {
  test.each([
    ['王芳', '王*'], ['王建国', '王*'], ['欧阳明', '欧阳*'], ['欧阳建国', '欧阳*'], ['司马光', '司马*'],
    ['欧阳', '欧*'], ['古丽·买买提', '古*'], ['王', '*'], ['', '*'], ['𠮷田', '𠮷*'],
  ])('the name %s shows as %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });

  test('a masked phone shows its last four digits and no more', () => {
    expect(maskPhone('11310012345')).toBe('*******2345');
    expect(maskPhone('1234')).toBe('****');
  });

  test('a synthetic phone is none that a person can have', () => {
    expect(isSyntheticPhone('11310012345')).toBe(true);
    expect(validator.isMobilePhone('11310012345', 'zh-CN')).toBe(false);
    expect(isSyntheticPhone('13800012345')).toBe(false);
    expect(isSyntheticPhone('113100123456')).toBe(false);
  });
});
