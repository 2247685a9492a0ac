-- What happened and others may want to be told of: each row is written in the transaction of its fact, and stays as history.
create table event (
  sequence bigint generated always as identity primary key,
  id uuid not null default gen_random_uuid(),
  type text not null,
  request_id text,
  target_id uuid,
  -- of several, the first
  domain_id uuid,
  actor_id text,
  actor_name text,
  -- what was true then: states, ids, the reason given; names are read when it is told
  data jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint event__id unique (id)
);
create index event__created on event (created_at);

-- The events that nobody has been told of yet. No reference to the event: both are written by one statement, and checking it would
-- cost each decision a lock. Where telling fails it is tried again later, and what follows about the same request waits.
create table event_pending (
  sequence bigint primary key,
  attempts int not null default 0,
  due_at timestamptz,
  failure text
);
create index event_pending__held on event_pending (due_at) where due_at is not null;
