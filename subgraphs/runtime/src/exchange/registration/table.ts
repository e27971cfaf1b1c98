/**
 * Two checkpoints that one owner signed and that cannot both be true, side by side: evidence, never changed.
 * The same table in every province and in the zone.
 */
export const forkTable = `
  create table checkpoint_fork (
    owner text not null,
    seq bigint not null,
    hash text not null,
    token text not null,
    contradicts text not null,
    found_at timestamptz not null,
    primary key (owner, seq, hash)
  );
`;

/** What each other service told last, so that it goes on from there. */
export const cursorTable = `
  create table exchange_cursor (
    source text primary key,
    seq bigint not null
  );
`;
