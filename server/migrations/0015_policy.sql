-- ---------------------------------------------------------------- policies
-- Subscription policies (who reaches a data source) and data policies (what is seen of it). The body is what the contract
-- says of its type; only active ones have an effect.
create table policy (
  id uuid primary key,
  number integer generated always as identity,
  policy_key text not null,
  name text not null,
  -- the name in compatibility form and folded to one case: what makes two names the same
  name_key text not null,
  type text not null,
  kind text not null,
  scope text not null,
  domain_id uuid references domain on delete set null,
  data_source_id integer references data_source on delete set null,
  state text not null default 'staged',
  -- how approvals give access: always there, compiled by itself, edited by nobody
  protected boolean not null default false,
  version integer not null default 1,
  body jsonb not null,
  created_by uuid references app_user,
  created_at timestamptz not null default now(),
  updated_by uuid references app_user,
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint policy__number unique (number),
  constraint policy__type check (type in ('subscription', 'data')),
  constraint policy__kind check (
    (type = 'subscription' and kind in ('grant', 'guardrail')) or (type = 'data' and kind in ('mask', 'reveal', 'row'))
  ),
  constraint policy__state check (state in ('staged', 'active', 'disabled')),
  constraint policy__scope check (scope in ('global', 'domain', 'local')),
  -- What a policy was about may go once the policy is deleted, or, for a single source, with the source.
  constraint policy__place check (deleted_at is not null
    or (scope = 'global' and domain_id is null and data_source_id is null)
    or (scope = 'domain' and domain_id is not null and data_source_id is null)
    or (scope = 'local' and domain_id is null))
);
create unique index policy__key on policy (policy_key) where deleted_at is null;
create unique index policy__name on policy (name_key) where deleted_at is null;
-- What every compile reads: nothing at all where there are no policies.
create index policy__in_force on policy (type, number) where state = 'active' and not protected and deleted_at is null;
create index policy__domain on policy (domain_id) where deleted_at is null;
create index policy__source on policy (data_source_id) where deleted_at is null;

-- Each edit and each change of state. Audit events and explanations point here, so that they stay for good.
create table policy_version (
  policy_id uuid not null references policy,
  version integer not null,
  change text not null,
  name text not null,
  kind text not null,
  scope text not null,
  domain_id uuid,
  data_source_id integer,
  state text not null,
  body jsonb not null,
  created_by uuid references app_user,
  created_at timestamptz not null default now(),
  primary key (policy_id, version),
  constraint policy_version__change check (change in ('created', 'edited', 'state'))
);

-- The three policies in which approvals stand (product.md 10.1).
insert into policy (id, policy_key, name, name_key, type, kind, scope, state, protected, body) values
  ('00000000-0000-4000-8000-000000000001', 'stoa-approved-access', 'Approved access', 'approved access',
   'subscription', 'grant', 'global', 'active', true,
   '{"accessType": "read", "level": "entitlements", "condition": "@hasTagAsAttribute(''Stoa Access'', ''dataSource'')",
     "circumstances": [{"type": "tags", "tag": "Stoa Data Product"}, {"type": "tags", "tag": "Stoa Data Object"}],
     "circumstanceOperator": "any"}'),
  ('00000000-0000-4000-8000-000000000002', 'stoa-approved-parent', 'Approved access from above', 'approved access from above',
   'subscription', 'grant', 'global', 'active', true,
   '{"accessType": "read", "level": "entitlements", "condition": "@hasTagAsAttribute(''Stoa Infrastructure'', ''dataSource'')",
     "circumstances": [{"type": "all"}], "circumstanceOperator": "any"}'),
  ('00000000-0000-4000-8000-000000000003', 'stoa-approved-exception', 'Approved masking exceptions', 'approved masking exceptions',
   'data', 'reveal', 'global', 'active', true,
   '{"action": {"kind": "reveal", "target": {"columns": "tagged", "tag": "Stoa Masking Exception"}},
     "who": {"for": "everyoneWho", "condition": "@hasTagAsAttribute(''Stoa Masking Exception'', ''column'')", "otherwise": "none"},
     "circumstances": [{"type": "all"}], "circumstanceOperator": "any"}');
insert into policy_version (policy_id, version, change, name, kind, scope, state, body)
  select id, version, 'created', name, kind, scope, state, body from policy where protected;
