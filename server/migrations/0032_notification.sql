-- What somebody is told: one row per person and event; it is their inbox, and e-mail and Slack carry the same words.
create table inbox_message (
  id uuid primary key,
  -- shared by all who are told the same thing
  notification_id uuid not null,
  global_user_id uuid not null references app_user on delete cascade,
  -- null: told by the clock, such as a reminder
  event_id uuid,
  notification_type text not null,
  subject text not null,
  message text not null,
  -- short lines of what it is about, and whither its link leads: a path of this site
  details jsonb not null default '[]',
  action_path text,
  action_label text,
  request_id text,
  target_id uuid,
  created_at timestamptz not null default now(),
  read_at timestamptz,
  constraint inbox_message__once unique (event_id, global_user_id)
);
create index inbox_message__of on inbox_message (global_user_id, created_at desc, id desc);
create index inbox_message__unread on inbox_message (global_user_id) where read_at is null;
create index inbox_message__request on inbox_message (request_id, notification_type) where request_id is not null;
create index inbox_message__target on inbox_message (target_id, notification_type, created_at);
create index inbox_message__created on inbox_message (created_at);

-- One message on its way outside. It is sent, or will be tried again at a time that is written here, or is dead and says why.
create table message_delivery (
  id uuid primary key,
  notification_id uuid not null,
  -- null where a channel of many people is told, not one person
  inbox_message_id uuid references inbox_message on delete cascade,
  global_user_id uuid references app_user on delete cascade,
  provider text not null,
  notification_type text not null,
  -- what goes to a channel of many people: there is no inbox to read it from
  content jsonb,
  state text not null default 'PENDING',
  attempts integer not null default 0,
  next_attempt_at timestamptz default now(),
  last_error text,
  -- where it went, as the channel names it
  address text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  sent_at timestamptz,
  constraint message_delivery__once unique nulls not distinct (notification_id, provider, global_user_id),
  constraint message_delivery__provider check (provider in ('EMAIL', 'SLACK', 'TEAMS')),
  constraint message_delivery__state check (state in ('PENDING', 'SENT', 'RETRYING', 'DEAD')),
  constraint message_delivery__waits check ((state in ('PENDING', 'RETRYING')) = (next_attempt_at is not null)),
  constraint message_delivery__content check (num_nonnulls(inbox_message_id, content) = 1)
);
create index message_delivery__due on message_delivery (provider, next_attempt_at) where next_attempt_at is not null;
create index message_delivery__list on message_delivery (created_at desc, id desc);
create index message_delivery__inbox on message_delivery (inbox_message_id);

-- What people switched: a whole channel (no type), or one type on it. Nothing switched is nothing stored.
create table notification_switch (
  global_user_id uuid not null references app_user on delete cascade,
  provider text not null,
  -- '': the whole channel
  notification_type text not null default '',
  enabled boolean not null,
  primary key (global_user_id, provider, notification_type)
);

-- When somebody wants to hear: their zone, and hours of quiet in it.
create table notification_hours (
  global_user_id uuid primary key references app_user on delete cascade,
  -- null: that of the installation
  time_zone text,
  quiet_from text,
  quiet_to text,
  constraint notification_hours__both check (num_nonnulls(quiet_from, quiet_to) in (0, 2))
);

-- Ends of access that were announced: each once.
create table expiry_warning (
  request_id text not null references access_request on delete cascade,
  days integer not null,
  warned_at timestamptz not null default now(),
  primary key (request_id, days)
);

-- Days of a zone on which its stewards were reminded.
create table reminder_day (
  time_zone text not null,
  day text not null,
  reminded_at timestamptz not null default now(),
  primary key (time_zone, day)
);
-- And who was: somebody who moves to another zone is not reminded twice a day.
create table reminder (
  global_user_id uuid not null references app_user on delete cascade,
  day text not null,
  primary key (global_user_id, day)
);
