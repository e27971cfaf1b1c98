/** An organisation as stored. `path` holds the ids from the topmost organisation down to itself. */
export interface OrganizationRecord {
  readonly id: string;
  readonly name: string;
  readonly shortName: string | null;
  readonly kind: string;
  readonly divisionCode: string;
  readonly address: string | null;
  readonly parentId: string | null;
  readonly path: readonly string[];
  readonly officePhone: string | null;
  readonly acceptsMobileMembers: boolean;
  readonly endsOn: string | null;
}

export interface OrganizationFilter {
  readonly acceptsMobileMembers?: boolean | null;
  readonly divisionCode?: string | null;
  readonly kinds?: readonly string[] | null;
  readonly text?: string | null;
}
