-- What a crawl last saw of which schemas and objects there are, as hashes of the platform: where they differ, another crawl is
-- started without waiting for its time.
alter table connection add column crawled_tree jsonb;

-- What governors said about objects that are made below an asset later; no row means: natively where nothing forbids it.
create table asset_future_objects (
  data_object_id uuid primary key references data_object on delete cascade,
  setting text not null,
  set_by uuid references app_user,
  set_at timestamptz not null default now(),
  constraint asset_future_objects__setting check (setting in ('native', 'sync'))
);

-- How each schema of an asset treats what is made in it later, as it was last read back.
create table container_schema (
  connection_id uuid not null,
  target_id uuid not null,
  schema_platform_id text not null,
  object_path text[] not null,
  mode text not null,
  reason text,
  -- what an administrator of the platform runs to make it native; null where no statement is missing
  repair text,
  -- who makes objects there: name, whether a default privilege holds for what they make, and their platform ids
  creating_roles jsonb not null default '[]',
  verified_at timestamptz not null default now(),
  primary key (connection_id, target_id, schema_platform_id),
  constraint container_schema__container foreign key (connection_id, target_id) references container on delete cascade,
  constraint container_schema__mode check (mode in ('native', 'sync'))
);
