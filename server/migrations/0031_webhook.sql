-- An outside address that is told of events.
create table webhook (
  id uuid primary key,
  url text not null,
  description text,
  verify_tls boolean not null default true,
  -- empty: every event
  event_types text[] not null default '{}',
  format text not null default 'standard',
  include_answers boolean not null default false,
  enabled boolean not null default true,
  secret text not null,
  -- signs beside the other until then
  former_secret text,
  former_until timestamptz,
  suppressed_at timestamptz,
  suppressed_why text,
  -- of the first failure since the last success
  failing_since timestamptz,
  last_success_at timestamptz,
  created_by uuid references app_user,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webhook__format check (format in ('standard', 'cloudevents'))
);

-- What is sent of an event: one text for all that are told in the same way. Its id is the same on every attempt and replay.
create table webhook_message (
  id uuid primary key,
  message_id uuid not null,
  -- of a test, none
  sequence bigint,
  body text not null,
  content_type text not null,
  created_at timestamptz not null default now()
);

create table webhook_delivery (
  id uuid primary key,
  webhook_id uuid not null references webhook on delete cascade,
  message uuid not null references webhook_message,
  event_type text not null,
  -- of a test, none
  sequence bigint,
  -- the request or target whose first attempts follow each other
  subject text,
  state text not null default 'PENDING',
  attempts int not null default 0,
  -- of the schedule
  scheduled int not null default 0,
  -- sent again by hand after it had ended: one attempt, outside the schedule
  is_replay boolean not null default false,
  due_at timestamptz not null default now(),
  -- the replica that is sending it
  claimed_by uuid,
  claimed_at timestamptz,
  last_status int,
  last_message text,
  dead_why text,
  delivered_at timestamptz,
  created_at timestamptz not null default now(),
  -- PENDING: not tried yet
  constraint webhook_delivery__state check (state in ('PENDING', 'RETRYING', 'DELIVERED', 'DEAD'))
);
create index webhook_delivery__due on webhook_delivery (webhook_id, due_at) where state in ('PENDING', 'RETRYING') and claimed_by is null;
create index webhook_delivery__first on webhook_delivery (webhook_id, subject, sequence) where state = 'PENDING';
create index webhook_delivery__claimed on webhook_delivery (webhook_id) where claimed_by is not null;
create index webhook_delivery__listed on webhook_delivery (webhook_id, created_at desc, id);
create index webhook_delivery__dead on webhook_delivery (webhook_id) where state = 'DEAD';
create index webhook_delivery__message on webhook_delivery (message);
create unique index webhook_delivery__once on webhook_delivery (webhook_id, sequence);

create table webhook_attempt (
  id uuid primary key,
  delivery_id uuid not null references webhook_delivery on delete cascade,
  webhook_id uuid not null,
  number int not null,
  outcome text not null,
  -- 0: no reply came
  http_status int not null,
  message text not null,
  request_headers jsonb not null,
  response_headers jsonb,
  response_body text,
  milliseconds int not null,
  created_at timestamptz not null default now(),
  constraint webhook_attempt__outcome check (outcome in ('SUCCESS', 'FAILED'))
);
create index webhook_attempt__delivery on webhook_attempt (delivery_id, number);
create index webhook_attempt__listed on webhook_attempt (webhook_id, created_at desc, id);
