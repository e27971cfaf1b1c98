import type { SyntheticConfig } from '../types.js';

/** Configurations of the tests alone: digests asserted over them do not move when a province changes its own. */
export const shanghai: SyntheticConfig = {
  code: '31', region: '319999', seed: 20_260_101, externalShare: 0.45,
  anchors: { town: '310118102', elsewhere: '310109009', names: ['王示例', '李示范', '欧阳示例'], externalHome: '411525' },
};
export const jiangsu: SyntheticConfig = {
  code: '32', region: '329999', seed: 20_260_101, externalShare: 0,
  anchors: { town: '320509110', elsewhere: '320685100', names: ['陈示例', '徐示范', '诸葛示例'] },
};
export const zhejiang: SyntheticConfig = {
  code: '33', region: '339999', seed: 20_260_101, externalShare: 0,
  anchors: { town: '330421103', elsewhere: '331023001', names: ['沈示例', '周示范', '司马示例'] },
};
export const anhui: SyntheticConfig = {
  code: '34', region: '349999', seed: 20_260_101, externalShare: 0,
  anchors: { town: '341882104', elsewhere: '340104001', names: ['汪示例', '方示范', '夏侯示例'] },
};
export const configs = [shanghai, jiangsu, zhejiang, anhui] as const;
