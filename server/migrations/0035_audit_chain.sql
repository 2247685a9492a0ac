-- Seals number committed audit events in one chain: hash = SHA-256(prev_hash || seq as 8 bytes || event_digest).
-- No foreign key: an event that is gone is for the verifier to find, not for the database to clean up after.
create table audit_seal (
  seq bigint primary key,
  event_id uuid not null,
  event_digest bytea not null,
  prev_hash bytea not null,
  hash bytea not null
);
create unique index audit_seal__event on audit_seal (event_id);

-- What the one sealer has seen: every event up to here is sealed, or its number lies in a gap.
create table audit_sealer (
  id boolean primary key default true check (id),
  seen_sequence bigint not null default 0
);
insert into audit_sealer default values;

-- Numbers of events that were missing when later ones were sealed: their transactions may still commit.
create table audit_gap (
  first_sequence bigint primary key,
  last_sequence bigint not null,
  since timestamptz not null default now()
);

-- The ed25519 keys that sign checkpoints. The private part is sealed under the root key, which no database holds.
create table audit_key (
  id text primary key,
  public_key text not null,
  private_key text not null,
  created_at timestamptz not null default now()
);

create table audit_checkpoint (
  number bigint primary key,
  seq bigint not null,
  hash bytea not null,
  count bigint not null,
  -- when it was signed
  time timestamptz not null,
  -- what was committed before this instant has a seal up to seq; null: not known yet
  settled_at timestamptz,
  key_id text not null,
  -- of the checkpoint before; empty for the first
  previous_signature text not null,
  signature text not null
);
create index audit_checkpoint__seq on audit_checkpoint (seq);

-- Where checkpoints go, outside of the database.
create table audit_sink (
  kind text primary key,
  is_enabled boolean not null,
  -- members that are no secret
  settings jsonb not null default '{}',
  -- sealed; null: none is needed
  secret text,
  exported_number bigint not null default 0,
  exported_at timestamptz,
  failed_at timestamptz,
  failure text,
  updated_at timestamptz not null default now(),
  constraint audit_sink__kind check (kind in ('file', 's3'))
);
insert into audit_sink (kind, is_enabled) values ('file', true);

-- What a verification of the whole chain found, newest last.
create table audit_verification (
  id uuid primary key,
  task_id uuid,
  started_at timestamptz not null,
  finished_at timestamptz not null default now(),
  outcome text not null,
  report jsonb not null,
  constraint audit_verification__outcome check (outcome in ('INTACT', 'BROKEN', 'UNCHECKED'))
);
create index audit_verification__age on audit_verification (finished_at);
