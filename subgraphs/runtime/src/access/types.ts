/** What a phone answered at a station: whoever holds the record judges it anew. */
export interface Presence {
  /** Code of the province that issued the pass. */
  readonly owner: string;
  /** The scanned code, text AP2. */
  readonly text: string;
  /** The challenge that it answers, text AP3. */
  readonly challenge: string;
}
