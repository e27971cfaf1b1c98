/** One organisation: the finest cell that is published, as `Organization.memberCount`, unless it is under five. */
export interface Cell {
  readonly county: string;
  readonly kind: string;
  readonly members: number;
}

/** Sums over cells; null where one would tell what a cell hides. */
export interface Margins {
  readonly total: number | null;
  readonly counties: ReadonlyMap<string, number | null>;
  readonly kinds: ReadonlyMap<string, number | null>;
}

/**
 * A sum over hidden cells, as a flow between two nodes: a county's from the source to the county, a county's organisations of
 * one kind from the county to the kind, a kind's from the kind to the sink, the total from the sink back to the source. What
 * flows into a node flows out of it, which is all that the published sums say.
 */
export interface Flow {
  readonly from: number;
  readonly to: number;
  /** Members in the hidden cells, and how many cells those are: each holds none to four. */
  readonly sum: number;
  readonly cells: number;
}
