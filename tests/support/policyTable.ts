/**
 * Who sees what of a member, written out by hand and apart from the code that decides. C in clear, M masked, R in clear after a
 * reveal (until then the name is masked and the telephone withheld), - withheld; `case`: with an open case only; `office`: both
 * branch secretaries and station clerks. What is not here is nothing.
 */
const written = `
                                              id name gender joinedOn probationary affiliation idNumberMasked phoneMasked phone province homeOrganization accessLog passes
member SELF OWN_RECORD                        C  C    C      C        C            C           C              C           C     C        C                C         C
branch_secretary OWN_SCOPE OWN_WORK           C  C    C      C        C            C           C              C           C     C        C                -         C
station_clerk OWN_SCOPE OWN_WORK              C  C    C      C        C            C           C              C           -     C        C                -         -
organization_administrator OWN_SCOPE OWN_WORK C  C    C      C        C            C           C              C           -     C        C                -         C
office LOOKUP CHECK_IN                        C  M    C      -        C            C           C              -           -     C        C                -         -
office LOOKUP ACTIVITY_ADMISSION              C  M    -      -        -            C           -              -           -     C        -                -         -
office LOOKUP AFFILIATION_TRANSFER case       C  R    C      C        C            C           C              -           R     C        C                -         -
office LOOKUP MEMBER_SERVICE case             C  R    -      -        -            C           -              C           R     C        C                -         -
`;

const [head, ...lines] = written.trim().split('\n').map((line) => line.trim().split(/\s+/));

/** Every field that the policy decides. */
export const policyFields: readonly string[] = head!;

const rows = new Map(lines.flatMap((line) => {
  const [role, relation, purpose, inCase] = line.slice(0, -policyFields.length);
  const cells = line.slice(-policyFields.length);
  return (role === 'office' ? ['branch_secretary', 'station_clerk'] : [role!]).map((one) => [`${one} ${relation} ${purpose}`, { inCase: inCase === 'case', cells }] as const);
}));

export interface WrittenStanding { readonly relation: string; readonly purpose: string; readonly inCase?: boolean; readonly revealed?: readonly string[] }

/** What the table says of a role in one or several standings: the most open of them, field by field. What it does not name is withheld. */
export function writtenPolicy(role: string | null, ...standings: readonly WrittenStanding[]): Record<string, 'CLEAR' | 'MASKED'> {
  const shown: Record<string, 'CLEAR' | 'MASKED'> = {};
  for (const { relation, purpose, inCase = false, revealed = [] } of standings) {
    const row = rows.get(`${role} ${relation} ${purpose}`);
    if (!row || (row.inCase && !inCase)) continue;
    policyFields.forEach((field, i) => {
      const cell = row.cells[i];
      if (cell === 'C' || (cell === 'R' && revealed.includes(field))) shown[field] = 'CLEAR';
      else if (cell === 'M' || (cell === 'R' && field === 'name')) shown[field] ??= 'MASKED';
    });
  }
  return shown;
}
