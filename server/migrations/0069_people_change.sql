-- Changes of people and groups that wait for another user admin: calls as they were made, to be made again once confirmed.
create table people_change (
  id uuid primary key,
  operation text not null,
  target_type text not null check (target_type in ('USER', 'GROUP', 'IMPORT')),
  target_id text,
  target_name text not null,
  -- What the call was made with, without any password; null once nobody can confirm it any more.
  input jsonb,
  -- Of the password that came with it, as accounts keep theirs; null once nobody can confirm it any more.
  password_hash text,
  reasons text[] not null,
  -- Logins that are given a permission or gain access: none of their people confirms it.
  favours uuid[] not null,
  gaining uuid[] not null,
  gaining_count integer not null,
  changes jsonb not null,
  change_count integer not null,
  -- Digests of what it changes as it was, and of who gains what.
  fingerprint text not null,
  outcome text not null,
  state text not null default 'WAITING' check (state in ('WAITING', 'CONFIRMED', 'DECLINED', 'WITHDRAWN', 'EXPIRED')),
  filed_by uuid not null references app_user,
  filed_ip text,
  filed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_by uuid references app_user,
  decided_at timestamptz,
  decision_reason text,
  check (state = 'WAITING' or (input is null and password_hash is null))
);
create index people_change__filed on people_change (filed_at, id);
create index people_change__waiting on people_change (expires_at) where state = 'WAITING';
