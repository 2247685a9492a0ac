-- ---------------------------------------------------------------- data use agreements
create table data_use_agreement (
  id uuid primary key,
  name text not null,
  -- the name in compatibility form and folded to one case: what makes two names the same
  name_key text not null,
  current_version integer not null,
  created_by uuid references app_user,
  created_at timestamptz not null default now(),
  updated_by uuid references app_user,
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index data_use_agreement__name on data_use_agreement (name_key) where deleted_at is null;

-- Requests point at versions, so they stay for good, also those of a deleted agreement.
create table data_use_agreement_version (
  data_use_agreement_id uuid not null references data_use_agreement,
  version integer not null,
  name text not null,
  body text not null,
  -- of the body in UTF-8, in hex
  sha256 text not null,
  created_by uuid references app_user,
  created_at timestamptz not null default now(),
  primary key (data_use_agreement_id, version)
);

-- Which forms ask for an agreement; `agreements` of a form version is a list of ids.
create index request_form_version__agreements on request_form_version using gin (agreements jsonb_path_ops);

-- Who accepted which text for which request: the requester when asking, the beneficiary of an on-behalf request later.
create table agreement_acceptance (
  id uuid primary key,
  access_request_id text not null references access_request on delete cascade,
  data_use_agreement_id uuid not null,
  version integer not null,
  sha256 text not null,
  accepted_by uuid not null references app_user,
  accepted_at timestamptz not null,
  constraint agreement_acceptance__version foreign key (data_use_agreement_id, version) references data_use_agreement_version,
  constraint agreement_acceptance__once unique (access_request_id, data_use_agreement_id, accepted_by)
);
create index agreement_acceptance__agreement on agreement_acceptance (data_use_agreement_id, accepted_at desc, id desc);

-- Asked for somebody else, who has not accepted the agreements of the request yet: no access before.
alter table access_request add column awaits_acceptance boolean not null default false;
create index access_request__awaits_acceptance on access_request (beneficiary) where awaits_acceptance;

-- ---------------------------------------------------------------- drafts of requests
create table request_draft (
  global_user_id uuid not null references app_user on delete cascade,
  target_id uuid not null,
  type text not null,
  content jsonb not null,
  saved_at timestamptz not null default now(),
  primary key (global_user_id, target_id, type),
  constraint request_draft__type check (type in ('DATA_ACCESS', 'MASKING_EXCEPTION'))
);
create index request_draft__age on request_draft (saved_at);
