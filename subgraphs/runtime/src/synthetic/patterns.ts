import type { OrganizationKind } from './types.js';

/** What a pattern may speak of. Division names are real; every unit's name says 示例 (example), so that nobody looks for it. */
export interface Place {
  /** `青浦区朱家角镇` */
  readonly name: string;
  /** `朱家角镇` */
  readonly ownName: string;
  /** 村 in towns, 社区 in streets. */
  readonly settlement: string;
  /** City of destination of the division's away organisations: `北京市`. */
  readonly destination: string;
  /** What the division's park is: 产业园 … */
  readonly park: string;
}

export interface Pattern {
  /** Number of the organisation at its division; 0 is the committee. For good: id and drawn fields hang on it. */
  readonly slot: number;
  readonly kind: OrganizationKind;
  readonly unit: (place: Place) => string;
  /** The name without the division; `unit` where that is short enough. */
  readonly short?: (place: Place) => string;
  /** Slot of the parent at the same division, or the away committee of the level above. */
  readonly parent?: number | 'AWAY_COMMITTEE';
  /** True takes in mobile members, false does not, a number is the share of those that do. */
  readonly accepts: boolean | number;
  /** Its seat is in the city of destination. */
  readonly away?: true;
}

export const slots = { committee: 0, awayCommittee: 1, liaisonStation: 2, park: 1, window: 20, station: 21, liaison: 22 } as const;

export const committee: Pattern = {
  slot: slots.committee,
  kind: 'COMMITTEE',
  // A street has a working committee (党工委), appointed from above; all others are elected.
  unit: ({ settlement }) => (settlement === '社区' ? '示例工作委员会' : '示例委员会'),
  short: ({ settlement }) => (settlement === '社区' ? '示例党工委' : '示例党委'),
  accepts: false,
};

/** Of each city, and of a municipality itself, which has none. */
export const awayPatterns: readonly Pattern[] = [
  { slot: slots.awayCommittee, kind: 'AWAY_COMMITTEE', unit: ({ destination }) => `驻${destination}示例流动党员联合委员会`, short: ({ destination }) => `驻${destination}示例联合党委`, accepts: false, away: true },
  { slot: slots.liaisonStation, kind: 'LIAISON_STATION', unit: ({ destination }) => `驻${destination}示例商会流动党员联络站`, parent: slots.awayCommittee, accepts: true, away: true },
];

export const parkPattern: Pattern = { slot: slots.park, kind: 'PARK_BRANCH', unit: ({ park }) => `示例${park}流动党员党支部`, accepts: true };

/** Sets of further organisations of a county; in a province of many counties each has one of them. */
export const countySets: readonly (readonly Pattern[])[] = [
  [
    { slot: 2, kind: 'TALENT_CENTRE_COMMITTEE', unit: () => '示例人才服务中心综合委员会', short: () => '示例人才中心综合党委', accepts: true },
    { slot: 3, kind: 'ONLINE_BRANCH', unit: () => '示例网上党支部', accepts: false },
  ],
  [
    { slot: 4, kind: 'AWAY_GENERAL_BRANCH', unit: ({ destination }) => `驻${destination}示例流动党员总支部委员会`, short: ({ destination }) => `驻${destination}示例党总支`, parent: 'AWAY_COMMITTEE', accepts: false, away: true },
    { slot: 5, kind: 'MOBILE_BRANCH', unit: ({ destination }) => `驻${destination}示例流动党员党支部`, parent: 4, accepts: true, away: true },
  ],
  [{ slot: 6, kind: 'TEMPORARY_PROJECT_BRANCH', unit: () => '示例大桥项目临时党支部', accepts: true }],
];

/** The first branch of every town. Those of the anchor people are named because code refers to them. */
export const firstBranch: Pattern = { slot: 1, kind: 'BRANCH', unit: ({ settlement }) => `第一示例${settlement}党支部`, accepts: 0.6 };
export const otherBranch: Pattern = { slot: 10, kind: 'BRANCH', unit: ({ settlement }) => `第三示例${settlement}党支部`, accepts: 0.6 };

export const newcomerBranch: Pattern = { slot: 3, kind: 'NEWCOMER_BRANCH', unit: ({ settlement }) => (settlement === '村' ? '示例新村民党支部' : '示例新居民党支部'), accepts: true };

/** Further organisations of a town; how many of them it has depends on the number of towns. */
export const townPatterns: readonly Pattern[] = [
  { slot: 2, kind: 'MOBILE_BRANCH', unit: () => '示例流动党员党支部', accepts: true },
  newcomerBranch,
  { slot: 4, kind: 'BUILDING_BRANCH', unit: () => '示例大厦联合党支部', accepts: true },
  { slot: 5, kind: 'VILLAGE_UNIT', unit: ({ settlement }) => `第二示例${settlement}外出流动党员党支部`, accepts: false },
  { slot: 6, kind: 'TEMPORARY_PROJECT_BRANCH', unit: () => '示例安置房项目临时党支部', accepts: true },
  { slot: 7, kind: 'PARTY_GROUP', unit: ({ settlement }) => `第一示例${settlement}第一党小组`, parent: 1, accepts: false },
  { slot: 8, kind: 'GENERAL_BRANCH', unit: () => '示例市场党总支部', accepts: false },
  { slot: 9, kind: 'PARK_BRANCH', unit: () => '示例创业园党支部', accepts: true },
  otherBranch,
];
