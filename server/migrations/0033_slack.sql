-- The app at Slack that this installation acts through; one row at most. Secrets are sealed.
create table slack_app (
  singleton boolean primary key default true,
  client_id text not null,
  client_secret text not null,
  signing_secret text not null,
  updated_at timestamptz not null default now(),
  last_interaction_at timestamptz,
  constraint slack_app__singleton check (singleton)
);

-- The workspace it was added to; one row at most.
create table slack_installation (
  singleton boolean primary key default true,
  team_id text,
  team_name text,
  enterprise_id text,
  enterprise_name text,
  bot_user_id text not null,
  bot_token text not null,
  installed_at timestamptz not null default now(),
  -- Slack asked to be left alone until then
  paused_until timestamptz,
  -- what it said to the last call that it refused
  last_error text,
  last_error_at timestamptz,
  constraint slack_installation__singleton check (singleton)
);

-- An "Add to Slack" that somebody has begun: taken away by the one callback that may use it.
create table slack_install_state (
  nonce_hash bytea primary key,
  credential_id uuid not null,
  expires_at timestamptz not null
);

-- Which account at Slack has the e-mail of which login, as Slack last said.
create table slack_account (
  global_user_id uuid primary key references app_user on delete cascade,
  email text not null,
  -- null: none
  slack_user_id text,
  checked_at timestamptz not null default now()
);
create index slack_account__slack_user on slack_account (slack_user_id);

-- Messages about requests, which are rewritten when something happens to the request.
create table slack_message (
  id uuid primary key,
  access_request_id text not null references access_request on delete cascade,
  global_user_id uuid not null references app_user on delete cascade,
  channel text not null,
  ts text not null,
  -- where its reader finds the request
  link text not null,
  -- of what it shows
  digest text not null,
  sent_at timestamptz not null default now(),
  -- what it shows may not hold any more; looked at from then on
  due_at timestamptz,
  attempts int not null default 0,
  -- until then a replica is rewriting it, so that no older state comes last
  leased_until timestamptz,
  constraint slack_message__place unique (channel, ts)
);
create index slack_message__request on slack_message (access_request_id);
create index slack_message__user on slack_message (global_user_id);
create index slack_message__due on slack_message (due_at) where due_at is not null;
