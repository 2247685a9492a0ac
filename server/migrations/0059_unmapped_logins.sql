-- Logins of a platform that reach what is governed and belong to nobody here, as the last whole look found them. Apart from what
-- they reach, since a group of thousands may have thousands of tables.
create table unmapped_login (
  connection_id uuid not null references connection on delete cascade,
  -- what lets it in: a role of the platform, maybe itself; 0 is everybody
  role_id text not null,
  principal_id text not null,
  name text not null,
  -- null: everybody
  can_login boolean,
  since timestamptz not null default now(),
  primary key (connection_id, role_id, principal_id)
);

create table unmapped_way (
  connection_id uuid not null references connection on delete cascade,
  role_id text not null,
  -- the platform's id; * is everything that is governed
  object_id text not null,
  privilege text not null,
  role_name text not null,
  since timestamptz not null default now(),
  primary key (connection_id, role_id, object_id, privilege)
);

-- When that was looked for last, and whether there are more than were read.
create table unmapped_look (
  connection_id uuid primary key references connection on delete cascade,
  looked_at timestamptz not null default now(),
  is_cut boolean not null
);

-- Which exceptions showed a column of a data source, also those that ended: who saw it at an earlier moment.
create index exception_column__of_source on exception_column (data_source_id);

-- Looked at as a whole by the next sweep instead of within a day.
update connection set last_sweep_at = null;
