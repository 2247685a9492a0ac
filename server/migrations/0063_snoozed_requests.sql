-- Pending requests that somebody put aside in their own queue until a moment.
create table request_snooze (
  global_user_id uuid not null references app_user on delete cascade,
  access_request_id text not null references access_request on delete cascade,
  until timestamptz not null,
  primary key (global_user_id, access_request_id)
);
create index request_snooze__request on request_snooze (access_request_id);
