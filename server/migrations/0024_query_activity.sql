-- How far the statistics of a platform were read: who reads what, as the platform itself counts it.
create table activity_reading (
  connection_id uuid primary key references connection on delete cascade,
  -- null: not read yet
  way text,
  -- since when no call can have been missed; null while nothing can be read
  observed_since timestamptz,
  last_read_at timestamptz,
  due_at timestamptz not null default now(),
  -- raised by whoever begins a reading: what another one brings later is not counted again
  turn bigint not null default 0,
  -- where the platform's counters stood
  cursor jsonb,
  -- of all readings: statements that the platform forgot between two of them, and calls that nobody could assign to a table
  forgotten bigint not null default 0,
  unresolved_calls bigint not null default 0,
  -- why the last reading failed
  failure text,
  constraint activity_reading__way check (way in ('statistics', 'log', 'none'))
);

-- How often a login read a table on one day (UTC). Neither texts of queries nor values in them come here.
create table query_activity (
  data_object_id uuid not null references data_object on delete cascade,
  connection_id uuid not null references connection on delete cascade,
  principal_id text not null,
  -- what the login was called
  account text not null,
  -- its first moment
  day timestamptz not null,
  calls bigint not null,
  -- that may have meant another table of the same name
  maybe_calls bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (data_object_id, principal_id, day)
);
create index query_activity__principal on query_activity (connection_id, principal_id, last_at);
create index query_activity__day on query_activity (day);
