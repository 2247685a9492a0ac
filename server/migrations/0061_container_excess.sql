-- Containers that hold what they should not, since a statement that takes it away has failed: nobody more comes in until a look at the
-- whole container has taken it away.
create table container_excess (
  connection_id uuid not null,
  target_id uuid not null,
  part integer not null,
  since timestamptz not null default now(),
  primary key (connection_id, target_id, part),
  foreign key (connection_id, target_id) references container on delete cascade
);
