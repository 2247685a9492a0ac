-- ---------------------------------------------------------------- what owners decide of policies
alter table policy drop constraint policy__scope;
alter table policy add constraint policy__scope check (scope in ('global', 'domain', 'restricted', 'local'));
alter table policy drop constraint policy__place;
alter table policy add constraint policy__place check (deleted_at is not null
  or (scope in ('global', 'restricted') and domain_id is null and data_source_id is null)
  or (scope = 'domain' and domain_id is not null and data_source_id is null)
  or (scope = 'local' and domain_id is null));
-- A policy that asks for signatures again begins another round; only those of the last one count.
alter table policy add column certification_round integer not null default 1;

-- What an owner decided of one policy on one source: picked for it, or switched off there.
create table policy_source (
  policy_id uuid not null references policy,
  data_source_id integer not null references data_source on delete cascade,
  selected_by uuid references app_user,
  selected_at timestamptz,
  off_by uuid references app_user,
  off_at timestamptz,
  off_reason text,
  primary key (policy_id, data_source_id)
);
create index policy_source__source on policy_source (data_source_id);

-- Signatures, each with what was signed. They are never changed.
create table policy_certification (
  policy_id uuid not null references policy,
  data_source_id integer not null references data_source on delete cascade,
  round integer not null,
  policy_version integer not null,
  label text not null,
  text text not null,
  signed_by uuid not null references app_user,
  signed_at timestamptz not null default now(),
  primary key (policy_id, data_source_id, round)
);
create index policy_certification__source on policy_certification (data_source_id);
