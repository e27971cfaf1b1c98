/** The registry of the joint-management zone's provinces: the one list that everything derived from the contract starts at. */
export interface ProvinceEntry {
  /** GB/T 2260 province code, two digits: `"31"`. The prefix of every id that never leaves its province. */
  readonly code: string;
  /** Subgraph name and root field: `shanghai`. */
  readonly slug: string;
  /** Prefix of the province's own GraphQL types: `Shanghai` gives `ShanghaiMember`. */
  readonly prefix: string;
  /** The province's name as its residents write it. */
  readonly name: string;
}

export const provinces: readonly ProvinceEntry[] = [
  { code: '31', slug: 'shanghai', prefix: 'Shanghai', name: '上海市' },
  { code: '32', slug: 'jiangsu', prefix: 'Jiangsu', name: '江苏省' },
  { code: '33', slug: 'zhejiang', prefix: 'Zhejiang', name: '浙江省' },
  { code: '34', slug: 'anhui', prefix: 'Anhui', name: '安徽省' },
];

const byCode = new Map(provinces.map((province) => [province.code, province]));
const bySlug = new Map(provinces.map((province) => [province.slug, province]));

/** The province of a GB/T 2260 code, or undefined for a code that is not in the zone. */
export const provinceByCode = (code: string): ProvinceEntry | undefined => byCode.get(code);

/** The province of a subgraph name, or undefined (the zone's own subgraph is no province). */
export const provinceBySlug = (slug: string): ProvinceEntry | undefined => bySlug.get(slug);
