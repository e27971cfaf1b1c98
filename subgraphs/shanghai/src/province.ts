import { defineProvince } from '@delta/runtime/server/province';

/** 上海市: nearly half of its mobile members come from outside the four provinces. */
export const province = defineProvince('31', {
  synthetic: {
    code: '31', region: '319999', seed: 310118, externalShare: 0.45,
    anchors: { town: '310118102', elsewhere: '310109009', names: ['王示例', '李示例', '张示例'], externalHome: '411525' },
  },
});
