-- Whom a platform was seen to hold as a member of a policy's container: birthright access with its beginning and its last proof,
-- for reports and explanations. Of approvals, membership_status says the same.
create table policy_member (
  connection_id uuid not null,
  target_id uuid not null,
  part integer not null,
  global_user_id uuid not null references app_user on delete cascade,
  since timestamptz not null default now(),
  verified_at timestamptz not null default now(),
  primary key (connection_id, target_id, part, global_user_id),
  constraint policy_member__container foreign key (connection_id, target_id) references container on delete cascade
);
create index policy_member__user on policy_member (global_user_id);
