import { defineProvince } from '@delta/runtime/server/province';

/** 安徽省 */
export const province = defineProvince('34', {
  synthetic: {
    code: '34', region: '349999', seed: 341882, externalShare: 0,
    anchors: { town: '341882100', elsewhere: '340111001', names: ['赵示例', '孙示例', '欧阳示例'] },
  },
});
