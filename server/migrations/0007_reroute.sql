-- A governor may give a pending request to other reviewers. What the re-route leaves behind stays visible and has no say;
-- whoever first named the people of a slot does not decide it.
alter table approval_record add column left_behind_at timestamptz;
alter table approval_record add column routed_by uuid references app_user;
alter table approval_record drop constraint approval_record__place;
create unique index approval_record__place on approval_record (access_request_id, stage, position) where left_behind_at is null;

create table reroute (
  id text primary key,
  access_request_id text not null references access_request on delete cascade,
  action_by uuid not null references app_user,
  reason text not null,
  -- the event that was pinned until then
  event_before jsonb not null,
  canceled_ids text[] not null,
  created_at timestamptz not null default now()
);
create index reroute__request on reroute (access_request_id, created_at);
