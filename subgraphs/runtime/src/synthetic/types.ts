/** A province's part in the synthetic data. Everything that tells one province from another is here; the code knows none. */
export interface SyntheticConfig {
  /** GB/T 2260 province code, two digits: `31`. */
  readonly code: string;
  /** Region of the province's synthetic ID numbers: `319999`. */
  readonly region: string;
  /** 0 to 2^31 − 1. Another seed is another population. */
  readonly seed: number;
  /** Share of members whose home lies outside the four provinces, 0 to 1. */
  readonly externalShare: number;
  readonly anchors: AnchorConfig;
}

/** Where the people and offices stand that documents and tests name. */
export interface AnchorConfig {
  /** Town (nine digits) of the clerk's organisation, the anchor branch, the station and the first two people. */
  readonly town: string;
  /** Another town of the province, in another county: there the third person belongs. */
  readonly elsewhere: string;
  /** Names of the three people. */
  readonly names: readonly [string, string, string];
  /** Division outside the four provinces: makes the third person EXTERNAL, from there. */
  readonly externalHome?: string;
}

/** Forms of Party organisation, as in the contract. */
export type OrganizationKind =
  | 'COMMITTEE' | 'GENERAL_BRANCH' | 'BRANCH' | 'MOBILE_BRANCH' | 'AWAY_COMMITTEE' | 'AWAY_GENERAL_BRANCH' | 'LIAISON_STATION'
  | 'BUILDING_BRANCH' | 'PARK_BRANCH' | 'TEMPORARY_PROJECT_BRANCH' | 'NEWCOMER_BRANCH' | 'TALENT_CENTRE_COMMITTEE'
  | 'ONLINE_BRANCH' | 'PARTY_GROUP' | 'VILLAGE_UNIT';

export interface SyntheticOrganization {
  /** `31-<uuidv7>` */
  readonly id: string;
  readonly name: string;
  readonly shortName: string;
  readonly kind: OrganizationKind;
  /** Division that set it up, six or nine digits; away organisations keep that of their home. */
  readonly divisionCode: string;
  readonly address: string;
  readonly parentId: string | null;
  /** Ids from the province committee down to the organisation itself. */
  readonly path: string[];
  /** Eleven digits that can be nobody's number. */
  readonly officePhone: string;
  readonly acceptsMobileMembers: boolean;
  /** `YYYY-MM-DD` on which a temporary branch ends, else null. */
  readonly endsOn: string | null;
}

export interface OpeningPeriod {
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
  /** `HH:MM`, local time. */
  readonly opens: string;
  readonly closes: string;
}

export interface DutyShift {
  readonly weekday: number;
  /** Title of the office on duty; never a person. */
  readonly office: string;
  readonly officePhone: string;
}

export type ServiceTier = 'WINDOW' | 'STATION' | 'LIAISON';
export type Amenity = 'BOOKS' | 'SPORTS' | 'CHARGING' | 'WIFI' | 'MEETING_ROOM' | 'REST_AREA';

export interface SyntheticStation {
  /** `31-<uuidv7>` */
  readonly id: string;
  readonly name: string;
  readonly tier: ServiceTier;
  readonly address: string;
  /** Division the place lies in; that of a LIAISON station is a city of destination, mostly outside the province. */
  readonly divisionCode: string;
  readonly hours: OpeningPeriod[];
  readonly dutyRoster: DutyShift[];
  readonly hotline: string;
  readonly amenities: Amenity[];
  /** The organisation that runs it. */
  readonly organizationId: string;
}

/** A member in clear, before the store encrypts number and phone. */
export interface SyntheticMember {
  /** Bare UUIDv7. */
  readonly id: string;
  readonly name: string;
  readonly gender: 'MALE' | 'FEMALE';
  /** `YYYY-MM-DD`, as in the ID number. */
  readonly birth: string;
  readonly idNumber: string;
  readonly phone: string;
  /** `YYYY-MM-DD` */
  readonly joinedOn: string;
  readonly probationary: boolean;
  readonly affiliation: 'HOME' | 'EXTERNAL';
  /** Branch of affiliation; for EXTERNAL the branch of this province that hosts the member. */
  readonly homeOrganizationId: string;
  readonly externalHome: { readonly text: string; readonly divisionCode: string } | null;
}
