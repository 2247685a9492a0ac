-- A look at the whole installation: does what should hold, hold? Kept with what it found.
create table verification_run (
  id uuid primary key,
  task_id uuid,
  -- somebody asked for it, or the night
  cause text not null,
  status text not null default 'QUEUED',
  -- once it has ended
  outcome text,
  error text,
  -- of the look that is under way
  done int not null default 0,
  total int not null default 1,
  doing text,
  -- what differed in every look so far: it is a finding when it outlives the time to settle
  open_keys jsonb,
  -- per invariant: how it stands, how many rows were looked at, and what could not be
  invariants jsonb not null default '[]',
  findings int not null default 0,
  -- of a nightly one: which day it is of, in the zone of the installation
  night text,
  created_by uuid references app_user,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint verification_run__cause check (cause in ('person', 'night')),
  constraint verification_run__status check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED')),
  constraint verification_run__outcome check (outcome in ('HELD', 'VIOLATED', 'UNCHECKED')),
  constraint verification_run__night unique (night)
);
create unique index verification_run__one on verification_run ((true)) where status in ('QUEUED', 'RUNNING');
create index verification_run__listed on verification_run (created_at desc, id desc);

create table verification_finding (
  run_id uuid not null references verification_run on delete cascade,
  -- in the order of the invariants
  number int not null,
  invariant text not null,
  direction text not null,
  subject text not null,
  expected text not null,
  found text not null,
  place text not null,
  since timestamptz,
  next_step text not null,
  request_id text,
  connection_key text,
  primary key (run_id, number),
  constraint verification_finding__direction check (direction in ('missing', 'extra', 'wrong'))
);
