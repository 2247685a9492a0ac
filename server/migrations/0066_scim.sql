-- By which an identity provider's directory keeps people and groups here, over SCIM. Without a row it does not.
create table scim_access (
  provider_id text primary key references identity_provider on delete cascade,
  token_hash bytea not null unique,
  token_created_at timestamptz not null default now(),
  token_last_used_at timestamptz,
  -- The claim of a sign-in that holds what the directory calls `externalId`.
  id_claim text not null,
  -- Whether a group of the same name that was made by hand becomes the directory's.
  takes_over_groups boolean not null,
  created_at timestamptz not null default now(),
  last_refused_at timestamptz,
  last_refusal text
);

-- Whom a directory keeps. The row of somebody it let go stays: the same `externalId` is the same person, another one never is.
create table scim_person (
  global_user_id uuid primary key references app_user on delete cascade,
  provider_id text not null references identity_provider on delete cascade,
  external_id text,
  -- What the directory said that has no column of its own.
  resource jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  left_at timestamptz,
  constraint scim_person__external_id unique (provider_id, external_id)
);
create index scim_person__provider on scim_person (provider_id, created_at, global_user_id);

create table scim_group (
  group_id integer primary key references user_group on delete cascade,
  provider_id text not null references identity_provider on delete cascade,
  external_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  left_at timestamptz,
  constraint scim_group__external_id unique (provider_id, external_id)
);
create index scim_group__provider on scim_group (provider_id, created_at, group_id);

-- The provider whose directory disabled somebody: it alone may enable them again so. Null: nobody did, or a user admin.
alter table app_user add column disabled_by text;
