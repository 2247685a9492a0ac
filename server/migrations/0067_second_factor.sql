-- The second factor of local accounts: codes of an authenticator app (RFC 6238).
create table second_factor (
  global_user_id uuid primary key references app_user on delete cascade,
  -- Sealed.
  secret text not null,
  begun_at timestamptz not null default now(),
  -- Null: shown, and asked for by nothing yet.
  activated_at timestamptz,
  -- The thirty seconds whose code was taken last: no earlier code is taken any more, nor that one again.
  last_step bigint,
  -- Wrong codes within a day from the first one.
  wrong_codes integer not null default 0,
  wrong_since timestamptz
);

-- What opens the account without the app, each once.
create table recovery_code (
  code_hash bytea primary key,
  global_user_id uuid not null references second_factor on delete cascade
);
create index recovery_code__user on recovery_code (global_user_id);
