-- One of the two people of a request had those reminded who may decide it.
create table reviewer_reminder (
  access_request_id text not null references access_request on delete cascade,
  created_at timestamptz not null,
  reminded_by uuid not null references app_user,
  -- how many people were told
  told int not null,
  primary key (access_request_id, created_at)
);
