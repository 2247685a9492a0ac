-- Plans to take back what others gave before Stoa came: filed by one person, confirmed by another one, run by the holder of the lease.
create table take_back (
  id uuid primary key,
  connection_id uuid not null references connection on delete cascade,
  mode text not null check (mode in ('adopt', 'take_over')),
  path text[] not null,
  -- What is meant alone, by `grantKey`; null: all that lies below the path.
  named jsonb,
  plan_hash text not null,
  reason text not null,
  losing jsonb not null,
  losing_count integer not null,
  state text not null default 'WAITING' check (state in ('WAITING', 'RUNNING', 'DONE', 'DECLINED')),
  filed_by uuid not null references app_user,
  filed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_by uuid references app_user,
  decided_at timestamptz,
  decision_reason text,
  ended_at timestamptz
);
create index take_back__connection on take_back (connection_id, filed_at);

-- The statements of a plan in their order, each with what it takes, whom it touches, and what has become of it.
create table take_back_statement (
  take_back_id uuid not null references take_back on delete cascade,
  position integer not null,
  object_id text not null,
  grantee_id text not null,
  grant_group jsonb not null,
  sql text not null,
  runs text not null check (runs in ('stoa', 'administrator')),
  because text,
  people jsonb not null,
  people_count integer not null,
  losing_count integer not null,
  state text not null default 'PLANNED' check (state in ('PLANNED', 'GONE', 'FAILED')),
  failure text,
  primary key (take_back_id, position)
);

-- A finding that such a plan has closed.
alter table drift_finding add column take_back_id uuid references take_back on delete set null;

alter table provisioning_key drop constraint provisioning_key__facet,
  add constraint provisioning_key__facet check (facet in ('access', 'reader', 'session', 'take-back'));
