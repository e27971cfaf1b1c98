/**
 * One row a disclosure, refusal or act. It says who, about whom, why and which fields; never a value, a name or a number.
 * The same table in every province and in the zone.
 */
export const auditTable = `
  create table audit_entry (
    id uuid primary key,
    at timestamptz not null,
    request_id text not null,
    kind text not null,
    member_id uuid,
    viewer_issuer text,
    viewer_subject text,
    viewer_role text,
    viewer_province text,
    viewer_organization text,
    purpose text,
    reference text,
    fields text[] not null default '{}'
  );
  create index audit_entry_member on audit_entry (member_id, at) where member_id is not null;
  create index audit_entry_request on audit_entry (request_id);
`;
