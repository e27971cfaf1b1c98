export interface OpeningPeriod { readonly weekday: number; readonly opens: string; readonly closes: string }
export interface DutyShift { readonly weekday: number; readonly office: string; readonly officePhone: string | null }

/** A station as stored. */
export interface StationRecord {
  readonly id: string;
  readonly name: string;
  readonly tier: string;
  readonly address: string | null;
  readonly divisionCode: string;
  readonly organizationId: string;
  readonly hours: readonly OpeningPeriod[];
  readonly dutyRoster: readonly DutyShift[];
  readonly hotline: string | null;
  readonly amenities: readonly string[];
}

export interface StationFilter { readonly tier?: string | null; readonly divisionCode?: string | null; readonly text?: string | null }
