import { PlatformError } from '@delta/schema/errors';
import type { Role, Viewer } from '@delta/schema/viewer';
import type { Meaning } from './policy.js';

/** What a role may do in its own province, at its own organisation or below it. Seeing fields of a person is the policy's. */
export const acts = ['OPEN_LOOKUP', 'OPEN_CASE', 'CLOSE_CASE', 'LIST_CASES', 'REVEAL_MEMBER', 'LIST_MEMBERS', 'KEEP_STATIONS', 'ENROL_STATIONS', 'TRANSFER_OWNERSHIP', 'KEEP_PASSES', 'SEE_EXCHANGE', 'KEEP_EXCHANGE'] as const;

export type Act = (typeof acts)[number];

export const actMeanings: Readonly<Record<Act, Meaning>> = {
  OPEN_LOOKUP: { en: 'look up one person for one purpose', zh: '发起跨省查询' },
  OPEN_CASE: { en: 'open a case about one person', zh: '立项' },
  CLOSE_CASE: { en: 'close a case of the organisation', zh: '办结' },
  LIST_CASES: { en: 'see the organisation\'s cases, which name nobody', zh: '查看本组织办理事项' },
  REVEAL_MEMBER: { en: 'reveal masked fields in a case, for a stated reason', zh: '申请显示' },
  LIST_MEMBERS: { en: 'list the members at the organisation and below it', zh: '查看本辖区流动党员' },
  TRANSFER_OWNERSHIP: { en: 'hand a member\'s record to an organisation of another province', zh: '移交党员档案归属' },
  KEEP_STATIONS: { en: 'change the opening hours of the organisation\'s stations', zh: '更新服务站开放时间' },
  ENROL_STATIONS: { en: 'enrol the devices of the organisation\'s stations, which sign attendance, and withdraw them', zh: '登记和撤销服务站设备' },
  KEEP_PASSES: { en: 'issue, print, suspend, resume, revoke and inspect activity passes of the members at the organisation and below it, and see their register', zh: '管理活动证' },
  SEE_EXCHANGE: { en: 'see how far streams with the other owners have come and what is parked, at the province\'s topmost organisation alone', zh: '查看跨省数据交换' },
  KEEP_EXCHANGE: { en: 'replay or give up parked events and reopen halted streams, each with a reason, at the province\'s topmost organisation alone', zh: '维护跨省数据交换' },
};

/** What is no office's business: it is done where the province's services are run. */
const ofOperators: readonly Act[] = ['SEE_EXCHANGE', 'KEEP_EXCHANGE'];
/** Whose word every attendance then is: for the administrator, not for whoever stands at the station. */
const ofAdministrators: readonly Act[] = ['ENROL_STATIONS'];
const ofOffices = acts.filter((act) => !ofOperators.includes(act) && !ofAdministrators.includes(act));

/**
 * Who may do what. An administrator keeps the organisation in order (its members' list, its stations, cases left open by
 * those who are gone) hands over records of its members, and asks about nobody. That of the topmost organisation runs the exchange as
 * well. A station's clerk does not decide where somebody belongs.
 */
export const actsOfRole: Readonly<Record<Role, readonly Act[]>> = {
  member: [],
  branch_secretary: ofOffices,
  station_clerk: ofOffices.filter((act) => act !== 'TRANSFER_OWNERSHIP' && act !== 'KEEP_PASSES'),
  organization_administrator: ['CLOSE_CASE', 'LIST_CASES', 'LIST_MEMBERS', 'KEEP_STATIONS', ...ofAdministrators, 'TRANSFER_OWNERSHIP', 'KEEP_PASSES', 'SEE_EXCHANGE', 'KEEP_EXCHANGE'],
  grid_worker: [],
  province_auditor: ['SEE_EXCHANGE'],
  zone_operator: [],
  dashboard: [],
};

export const mayAct = (role: Role, act: Act): boolean => actsOfRole[role].includes(act);

/** The organisation at which the viewer may do this. @throws PlatformError FORBIDDEN */
export function requireOffice(viewer: Viewer, act: Act): string {
  if (!mayAct(viewer.role, act) || viewer.organization === null) throw new PlatformError('FORBIDDEN');
  return viewer.organization;
}
