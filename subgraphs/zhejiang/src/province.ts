import { createHash } from 'node:crypto';
import { defineProvince } from '@delta/runtime/server/province';

/** 浙里流动先锋码: a code that stands for the member within the province's own services and says nothing by itself. */
const pioneerCode = (memberId: string): string => `ZJ-${createHash('sm3').update(memberId).digest('base64url').slice(0, 10)}`;

/** 浙江省, with a field of its own. */
export const province = defineProvince('33', {
  synthetic: {
    code: '33', region: '339999', seed: 330421, externalShare: 0,
    anchors: { town: '330421103', elsewhere: '331023001', names: ['吴示例', '郑示例', '冯示例'] },
  },
  extension: {
    sdl: 'extend type ZhejiangMember {\n  "Pioneer code of the member, for its own organisation (浙里流动先锋码)."\n  pioneerCode: String\n}',
    memberFields: [{
      name: 'pioneerCode',
      value: pioneerCode,
      rules: [
        { role: 'member', relation: 'SELF', purpose: '*', fields: { pioneerCode: 'CLEAR' } },
        { role: 'branch_secretary', relation: 'OWN_SCOPE', purpose: '*', fields: { pioneerCode: 'CLEAR' } },
        { role: 'station_clerk', relation: 'OWN_SCOPE', purpose: '*', fields: { pioneerCode: 'CLEAR' } },
      ],
    }],
  },
});
