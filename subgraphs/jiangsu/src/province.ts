import { defineProvince } from '@delta/runtime/server/province';

/** 江苏省 */
export const province = defineProvince('32', {
  synthetic: {
    code: '32', region: '329999', seed: 320509, externalShare: 0,
    anchors: { town: '320509110', elsewhere: '320685100', names: ['陈示例', '刘示例', '徐示例'] },
  },
});
