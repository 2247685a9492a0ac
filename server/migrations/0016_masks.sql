-- ---------------------------------------------------------------- masks and row rules
-- What data policies in force make of each data source of a connection, as the last look at the whole compiled it: read at its
-- own name (`open`), through a view that was read back (`view`), or by nobody (`closed`). While any data policy is in force, a
-- source without a row was not judged yet and is read by nobody.
create table source_protection (
  data_source_id integer primary key references data_source on delete cascade,
  connection_id uuid not null references connection on delete cascade,
  state text not null,
  -- of `closed`: what is in the way; of `view`: that the table changed and the view still stands
  reason text,
  view_id text,
  view_schema_id text,
  view_owner_id text,
  view_path text[],
  -- the stored query, options and owner of the view, as the platform told them
  body_hash text,
  -- the description, the table and the way of writing that the view was made from
  fingerprint text,
  -- what is shown to people: {rows, notEnforceable, skipped, withheld}
  verdict jsonb not null default '{}',
  checked_at timestamptz not null default now(),
  constraint source_protection__state check (state in ('open', 'view', 'closed')),
  constraint source_protection__view check (state <> 'view' or (view_id is not null and view_schema_id is not null and view_path is not null))
);
create index source_protection__connection on source_protection (connection_id) where state <> 'open';

-- The mask that wins on a column.
create table column_mask (
  data_source_id integer not null references source_protection on delete cascade,
  ordinal integer not null,
  column_name text not null,
  policy_id uuid not null,
  policy_key text not null,
  policy_name text not null,
  masking_type text not null,
  degraded_to text,
  degraded_why text,
  matched_tag text,
  outranked text[] not null default '{}',
  -- only rows in which a predicate holds
  is_cell boolean not null,
  -- an approved exception shows it in clear
  is_liftable boolean not null,
  primary key (data_source_id, ordinal)
);
create index column_mask__policy on column_mask (policy_id);

-- Exemption keys are given once and never mean anything else: a view of long ago may still name one.
create table masked_column (
  id integer generated always as identity primary key,
  data_source_id integer not null,
  ordinal integer not null,
  family text not null,
  constraint masked_column__once unique (data_source_id, ordinal, family)
);
create table mask_formula (
  id integer generated always as identity primary key,
  text text not null,
  constraint mask_formula__once unique (text)
);

-- What views of a connection look up about readers: whom policies except, and what row rules ask.
create table reader_need (
  connection_id uuid primary key references connection on delete cascade,
  -- [{id, condition, dataSourceId}]
  formulas jsonb not null default '[]',
  attributes text[] not null default '{}',
  groups boolean not null default false,
  fields text[] not null default '{}'
);

-- Where an approved masking exception stands on a platform.
create table exemption_status (
  access_request_id text not null references access_request on delete cascade,
  connection_id uuid not null references connection on delete cascade,
  global_user_id uuid not null references app_user,
  state text not null,
  reason text,
  attempt integer not null default 0,
  next_attempt_at timestamptz,
  verified_at timestamptz,
  principal text,
  proof jsonb,
  updated_at timestamptz not null default now(),
  primary key (access_request_id, connection_id)
);
create index exemption_status__due on exemption_status (next_attempt_at) where next_attempt_at is not null;
create index exemption_status__person on exemption_status (connection_id, global_user_id);

-- A key of a reader names a person whose exemptions and looked-up facts may have changed; everything else is about access.
alter table provisioning_key
  add column facet text not null default 'access',
  add constraint provisioning_key__facet check (facet in ('access', 'reader'));

create index access_request__exceptions on access_request (beneficiary) where type = 'MASKING_EXCEPTION';
