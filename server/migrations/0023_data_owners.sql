-- Roles on nodes of the object tree: who looks after the platform's side of a subtree, and who answers for its data
-- (governance.md 2). They hold for everything below the node.
create table data_object_role (
  data_object_id uuid not null references data_object on delete cascade,
  role text not null,
  principal_type text not null,
  user_id uuid references app_user on delete cascade,
  group_id integer references user_group on delete cascade,
  granted_by uuid references app_user,
  granted_at timestamptz not null default now(),
  constraint data_object_role__role check (role in ('Infrastructure Admin', 'Data Owner')),
  constraint data_object_role__principal check (
    (principal_type = 'user' and user_id is not null and group_id is null)
    or (principal_type = 'group' and group_id is not null and user_id is null)
  ),
  constraint data_object_role__once unique nulls not distinct (data_object_id, role, user_id, group_id)
);
create index data_object_role__user on data_object_role (user_id);
create index data_object_role__group on data_object_role (group_id);
