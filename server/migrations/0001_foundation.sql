-- Settings of the installation. `installation.id` is the mark every container on a platform carries.
create table setting (
  name text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now()
);

-- ---------------------------------------------------------------- people
create table app_user (
  global_user_id uuid primary key,
  id integer generated always as identity,
  person_id uuid not null,
  iam_id text not null default 'bim',
  username text not null,
  name text not null,
  email text,
  password_hash text,
  status text not null default 'active',
  kind text not null default 'human',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  disabled_at timestamptz,
  constraint app_user__id unique (id),
  constraint app_user__status check (status in ('active', 'disabled')),
  constraint app_user__kind check (kind in ('human', 'service'))
);
create unique index app_user__username on app_user (lower(username));

create table session (
  token_hash bytea primary key,
  id uuid not null,
  global_user_id uuid not null references app_user on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ip text,
  user_agent text
);
create index session__user on session (global_user_id);

create table personal_access_token (
  id uuid primary key,
  token_hash bytea not null,
  prefix text not null,
  global_user_id uuid not null references app_user on delete cascade,
  description text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz,
  last_used_ip text,
  constraint personal_access_token__hash unique (token_hash)
);
create index personal_access_token__user on personal_access_token (global_user_id);

create table global_permission (
  global_user_id uuid not null references app_user on delete cascade,
  permission text not null,
  granted_by uuid references app_user,
  granted_at timestamptz not null default now(),
  primary key (global_user_id, permission),
  constraint global_permission__known check (permission in ('APPLICATION_ADMIN', 'GOVERNANCE', 'USER_ADMIN', 'AUDIT'))
);

create table user_group (
  id integer generated always as identity primary key,
  iam_id text not null default 'bim',
  name text not null,
  email text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index user_group__name on user_group (lower(name));

create table group_member (
  group_id integer not null references user_group on delete cascade,
  global_user_id uuid not null references app_user on delete cascade,
  added_by uuid references app_user,
  added_at timestamptz not null default now(),
  primary key (group_id, global_user_id)
);
create index group_member__user on group_member (global_user_id);

-- A user's attributes are the union of the own rows and those of the user's groups.
create table attribute (
  principal_type text not null,
  principal_id text not null,
  name text not null,
  value text not null,
  source text not null default 'local',
  added_by uuid references app_user,
  added_at timestamptz not null default now(),
  primary key (principal_type, principal_id, name, value, source),
  constraint attribute__principal check (principal_type in ('user', 'group'))
);

-- ---------------------------------------------------------------- platforms
create sequence container_number;

create table connection (
  id uuid primary key,
  connection_key text not null,
  technology text not null,
  config jsonb not null,
  auth_type text not null,
  secret text not null,
  settings jsonb not null default '{}',
  state text not null default 'draft',
  state_reason text,
  server_info jsonb,
  sync_interval_hours integer not null default 24,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references app_user,
  -- where the reconcile stands
  last_run_at timestamptz,
  last_ok_at timestamptz,
  run_error text,
  down_since timestamptz,
  next_attempt_at timestamptz,
  attempt integer not null default 0,
  fingerprint text,
  last_sweep_at timestamptz,
  next_crawl_at timestamptz,
  constraint connection__key unique (connection_key),
  constraint connection__state check (state in ('draft', 'active', 'paused', 'error', 'deleting'))
);

-- One writer per connection. The fence grows with each new holder; a paused holder sees that it moved on.
create table connection_lease (
  connection_id uuid primary key references connection on delete cascade,
  holder uuid not null,
  fence bigint not null default 1,
  renewed_at timestamptz not null default now()
);

create table replica (
  id uuid primary key,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);

create table task (
  id uuid primary key,
  kind text not null,
  connection_id uuid references connection on delete cascade,
  subject jsonb not null default '{}',
  status text not null default 'QUEUED',
  done integer not null default 0,
  total integer,
  error text,
  created_by uuid references app_user,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint task__status check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'))
);
create index task__connection on task (connection_id, created_at desc);

create table crawl (
  id uuid primary key,
  connection_id uuid not null references connection on delete cascade,
  task_id uuid references task on delete set null,
  path text[],
  status text not null default 'RUNNING',
  found integer not null default 0,
  error text,
  -- fewer than half of the known objects were there: nothing was marked as gone
  is_suspect boolean not null default false,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint crawl__status check (status in ('RUNNING', 'SUCCEEDED', 'FAILED'))
);
create index crawl__connection on crawl (connection_id, started_at desc);

create table data_object (
  id uuid primary key,
  connection_id uuid not null references connection on delete cascade,
  parent_id uuid references data_object on delete cascade,
  object_path text[] not null,
  name text not null,
  object_type text not null,
  platform_id text,
  owner text,
  owner_platform_id text,
  state text not null default 'inherit',
  new_child_state text not null default 'inherit',
  effective_state text not null default 'disabled',
  missing_since timestamptz,
  hold text,
  comment text,
  -- of a leaf, as the last crawl saw them: what a data source is made from when it is enabled
  columns jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  constraint data_object__path unique (connection_id, object_path),
  constraint data_object__state check (state in ('enabled', 'disabled', 'inherit')),
  constraint data_object__new_child_state check (new_child_state in ('enabled', 'disabled', 'inherit')),
  constraint data_object__effective_state check (effective_state in ('enabled', 'disabled'))
);
create index data_object__parent on data_object (parent_id, name);
create index data_object__platform_id on data_object (connection_id, platform_id);

-- What a crawl has found so far; it is merged into the tree in one commit once the whole is known, since only then can a
-- renamed object be told from a new one. A crash of the database may lose it: the crawl starts again.
create unlogged table crawl_object (
  crawl_id uuid not null references crawl on delete cascade,
  new_id uuid not null,
  platform_id text not null,
  parent_platform_id text,
  depth integer not null,
  object_path text[] not null,
  object_type text not null,
  owner text,
  owner_platform_id text,
  comment text,
  columns jsonb not null,
  -- the data object it turned out to be, and by what it was known again
  object_id uuid,
  matched text,
  primary key (crawl_id, depth, platform_id),
  constraint crawl_object__path unique (crawl_id, object_path),
  constraint crawl_object__matched check (matched in ('id', 'path', 'new'))
);

create table data_source (
  id integer generated always as identity primary key,
  data_object_id uuid not null references data_object on delete cascade,
  connection_id uuid not null references connection on delete cascade,
  name text not null,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint data_source__object unique (data_object_id)
);
-- A page is found over ids and names alone.
create index data_source__name on data_source (name, id);
create index data_source__connection on data_source (connection_id, name, id);

create table data_source_column (
  data_source_id integer not null references data_source on delete cascade,
  ordinal integer not null,
  name text not null,
  native_type text not null,
  type_family text not null,
  nullable boolean not null,
  comment text,
  primary key (data_source_id, name)
);

create table platform_identity (
  connection_id uuid not null references connection on delete cascade,
  global_user_id uuid not null references app_user on delete cascade,
  external_name text not null,
  platform_principal_id text,
  state text not null,
  reason text,
  is_manual boolean not null default false,
  verified_at timestamptz,
  primary key (connection_id, global_user_id),
  constraint platform_identity__name unique (connection_id, external_name),
  -- A login may be renamed: two people on one would share all access.
  constraint platform_identity__principal unique (connection_id, platform_principal_id),
  constraint platform_identity__state check (state in ('mapped', 'fallback', 'absent', 'unverified'))
);

-- ---------------------------------------------------------------- domains and products
create table domain (
  id uuid primary key,
  name text not null,
  description text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index domain__name on domain (lower(name));

create table domain_data_source (
  domain_id uuid not null references domain on delete cascade,
  data_source_id integer not null references data_source on delete cascade,
  added_at timestamptz not null default now(),
  primary key (domain_id, data_source_id)
);
create index domain_data_source__source on domain_data_source (data_source_id);

create table domain_permission (
  domain_id uuid not null references domain on delete cascade,
  permission text not null,
  principal_type text not null,
  user_id uuid references app_user on delete cascade,
  group_id integer references user_group on delete cascade,
  granted_by uuid references app_user,
  granted_at timestamptz not null default now(),
  constraint domain_permission__principal check (
    (principal_type = 'user' and user_id is not null and group_id is null)
    or (principal_type = 'group' and group_id is not null and user_id is null)
  ),
  constraint domain_permission__once unique nulls not distinct (domain_id, permission, user_id, group_id)
);
create index domain_permission__user on domain_permission (user_id);
create index domain_permission__group on domain_permission (group_id);

create table request_form (
  id uuid primary key,
  name text not null,
  is_standard boolean not null default false,
  current_version text not null,
  created_by uuid references app_user,
  created_at timestamptz not null default now(),
  updated_by uuid references app_user,
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index request_form__name on request_form (lower(name)) where deleted_at is null;

create table request_form_version (
  version text primary key,
  request_form_id uuid not null references request_form,
  name text not null,
  fields jsonb not null,
  policy jsonb not null,
  agreements jsonb not null default '[]',
  created_by uuid references app_user,
  created_at timestamptz not null default now()
);

create table data_product (
  id uuid primary key,
  name text not null,
  slug text not null,
  description text,
  subject_matter_expert uuid not null references app_user,
  suspended boolean not null default false,
  data_access_form_id uuid references request_form,
  masking_exception_form_id uuid references request_form,
  data_access_review_flow jsonb,
  masking_exception_review_flow jsonb,
  created_by uuid not null references app_user,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index data_product__name on data_product (lower(name)) where deleted_at is null;
create unique index data_product__slug on data_product (slug) where deleted_at is null;

-- Old names and slugs keep redirecting.
create table data_product_former_name (
  data_product_id uuid not null references data_product on delete cascade,
  name text not null,
  slug text not null,
  changed_at timestamptz not null default now()
);
create index data_product_former_name__slug on data_product_former_name (slug);

create table data_product_owner (
  data_product_id uuid not null references data_product on delete cascade,
  global_user_id uuid not null references app_user on delete cascade,
  primary key (data_product_id, global_user_id)
);

create table data_product_domain (
  data_product_id uuid not null references data_product on delete cascade,
  domain_id uuid not null references domain,
  primary key (data_product_id, domain_id)
);
create index data_product_domain__domain on data_product_domain (domain_id);

create table data_product_source (
  id text primary key,
  data_product_id uuid not null references data_product on delete cascade,
  data_source_id integer not null references data_source,
  added_at timestamptz not null default now(),
  constraint data_product_source__once unique (data_product_id, data_source_id)
);
create index data_product_source__source on data_product_source (data_source_id);

-- Full text over name, description, source and column names; kept by the operations that change them.
create table data_product_search (
  data_product_id uuid primary key references data_product on delete cascade,
  document tsvector not null,
  plain text not null
);
create index data_product_search__document on data_product_search using gin (document);

-- ---------------------------------------------------------------- requests
create table access_request (
  id text primary key,
  type text not null,
  status text not null,
  requesting_user uuid not null references app_user,
  beneficiary uuid not null references app_user,
  data_product_id uuid references data_product,
  asset_id uuid references data_object,
  target_id uuid generated always as (coalesce(data_product_id, asset_id)) stored,
  request_form_id uuid references request_form,
  form_version text not null references request_form_version (version),
  form jsonb not null,
  flow jsonb not null,
  event jsonb not null,
  metadata jsonb not null default '{}',
  requested_duration jsonb,
  expiration timestamptz,
  decided_at timestamptz,
  ended_at timestamptz,
  ended_by uuid references app_user,
  end_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint access_request__type check (type in ('DATA_ACCESS', 'MASKING_EXCEPTION')),
  constraint access_request__status check (status in ('APPROVED', 'CANCELED', 'DENIED', 'PENDING', 'REVOKED', 'EXPIRED')),
  constraint access_request__one_target check (num_nonnulls(data_product_id, asset_id) = 1)
);
create unique index access_request__pending on access_request (beneficiary, target_id, type)
  where status = 'PENDING' and type = 'DATA_ACCESS';
create index access_request__target on access_request (target_id, status);
create index access_request__beneficiary on access_request (beneficiary, status);
create index access_request__requesting on access_request (requesting_user);
create index access_request__expiry on access_request (expiration) where status = 'APPROVED' and expiration is not null;
create index access_request__created on access_request (created_at desc, id desc);
create index access_request__open on access_request (created_at desc, id desc) where status = 'PENDING';

create table approval_record (
  id text primary key,
  access_request_id text not null references access_request on delete cascade,
  stage integer not null,
  position integer not null,
  approvers jsonb not null,
  prerequisites text[] not null default '{}',
  status text not null,
  action_by uuid references app_user,
  reason text,
  duration integer,
  duration_unit text,
  criteria_met jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint approval_record__status check (status in ('APPROVED', 'BLOCKED', 'CANCELED', 'DENIED', 'PENDING')),
  constraint approval_record__place unique (access_request_id, stage, position)
);
-- Requests that wait for a group, a permission or a person, without reading every request.
create index approval_record__approvers on approval_record using gin (approvers jsonb_path_ops);

-- Determinations are never edited or deleted.
create table determination (
  id text primary key,
  access_request_id text not null references access_request on delete cascade,
  action_by uuid references app_user,
  status text not null,
  reason text,
  duration integer,
  duration_unit text,
  record_ids text[] not null,
  is_final boolean not null,
  plan_hash text,
  created_at timestamptz not null default now(),
  constraint determination__status check (status in ('APPROVED', 'DENIED'))
);
create index determination__request on determination (access_request_id);
create index determination__recent on determination (created_at desc) where is_final;

-- ---------------------------------------------------------------- provisioning
create table container (
  connection_id uuid not null references connection on delete cascade,
  target_id uuid not null,
  kind text not null,
  number bigint not null default nextval('container_number'),
  native_id text,
  created_at timestamptz not null default now(),
  verified_at timestamptz,
  primary key (connection_id, target_id),
  constraint container__number unique (number),
  constraint container__kind check (kind in ('dp', 'as'))
);

-- What the platform was last seen to hold for each object of a container. A request's objects are read from here and
-- from membership_status together, so that an approval writes one row however many tables the product has.
create table container_object (
  connection_id uuid not null references connection on delete cascade,
  target_id uuid not null,
  data_source_id integer not null references data_source on delete cascade,
  state text not null,
  reason text,
  verified_at timestamptz,
  checked_at timestamptz not null default now(),
  primary key (connection_id, target_id, data_source_id)
);
create index container_object__open on container_object (checked_at) where state in ('FAILED', 'PROVISIONING', 'DRIFTED');

create table membership_status (
  access_request_id text not null references access_request on delete cascade,
  connection_id uuid not null references connection on delete cascade,
  target_id uuid not null,
  global_user_id uuid not null references app_user,
  state text not null,
  reason text,
  error_class text,
  attempt integer not null default 0,
  next_attempt_at timestamptz,
  active_at timestamptz,
  removed_at timestamptz,
  verified_at timestamptz,
  principal text,
  probe text,
  proof jsonb,
  updated_at timestamptz not null default now(),
  primary key (access_request_id, connection_id)
);
create index membership_status__open on membership_status (connection_id, state);
create index membership_status__due on membership_status (next_attempt_at) where next_attempt_at is not null;
create index membership_status__pair on membership_status (connection_id, target_id, global_user_id);

-- Keys that wait for the reconciler of a connection. A key names what may have changed, never the change itself:
-- no target means the whole connection, no user means the whole container of the target.
create table provisioning_key (
  id bigint generated always as identity primary key,
  connection_id uuid not null references connection on delete cascade,
  target_id uuid,
  global_user_id uuid,
  cause text not null,
  task_id uuid,
  enqueued_at timestamptz not null default now()
);
create index provisioning_key__connection on provisioning_key (connection_id, id);

create table drift_finding (
  id uuid primary key,
  connection_id uuid not null references connection on delete cascade,
  finding text not null,
  object text not null,
  principal text not null,
  privilege text not null,
  detail jsonb not null default '{}',
  since timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  closed_at timestamptz,
  closed_how text
);
create unique index drift_finding__open on drift_finding (connection_id, finding, object, principal, privilege)
  where closed_at is null;

-- ---------------------------------------------------------------- audit, live updates, limits
create table audit_event (
  id uuid primary key,
  sequence bigint generated always as identity,
  action text not null,
  action_status text not null default 'SUCCESS',
  event_timestamp timestamptz not null default now(),
  actor jsonb not null,
  actor_id text,
  actor_ip text,
  target_type text,
  targets jsonb not null default '[]',
  related_resources jsonb not null default '[]',
  payload jsonb not null default '{}',
  domain_ids uuid[] not null default '{}',
  request_id text,
  session_id text,
  constraint audit_event__status check (action_status in ('SUCCESS', 'FAILURE', 'DENIED'))
);
create unique index audit_event__sequence on audit_event (sequence);
create index audit_event__time on audit_event (event_timestamp desc, sequence desc);
create index audit_event__action on audit_event (action, sequence desc);
create index audit_event__actor on audit_event (actor_id, sequence desc);
create index audit_event__login on audit_event (actor_id, sequence desc)
  where action = 'UserLogin' and action_status = 'SUCCESS';
create index audit_event__targets on audit_event using gin (targets jsonb_path_ops);

create table live_event (
  sequence bigint generated always as identity primary key,
  type text not null,
  subject_id text not null,
  created_at timestamptz not null default now()
);
create index live_event__age on live_event (created_at);

create table idempotency_key (
  global_user_id uuid not null,
  key text not null,
  operation_id text not null,
  body_hash bytea not null,
  status integer,
  body jsonb,
  is_kept boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (global_user_id, key)
);
create index idempotency_key__age on idempotency_key (created_at);

create table rate_count (
  bucket text not null,
  window_start timestamptz not null,
  count integer not null default 0,
  primary key (bucket, window_start)
);
