-- Lists as one person wants to see them again: the filters and the order, under a name.
create table saved_view (
  id uuid primary key,
  global_user_id uuid not null references app_user on delete cascade,
  list text not null check (list in ('reviews', 'audit')),
  name text not null,
  -- The name as it is compared.
  name_key text not null,
  search text not null,
  saved_at timestamptz not null default now(),
  constraint saved_view__name unique (global_user_id, list, name_key)
);
