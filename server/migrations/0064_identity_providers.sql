-- Who else says who somebody is: OpenID Connect providers. The id is a short word that stays: it names the source of what a provider says.
create table identity_provider (
  id text primary key,
  name text not null,
  issuer text not null,
  client_id text not null,
  -- Sealed; null: a public client, which proves itself by PKCE alone.
  client_secret text,
  scopes text[] not null,
  -- {username, name, email, groups, attributes: {attribute: claim}}
  claims jsonb not null,
  unknown_people text not null,
  is_enabled boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint identity_provider__issuer unique (issuer),
  constraint identity_provider__unknown_people check (unknown_people in ('create', 'refuse'))
);
create unique index identity_provider__name on identity_provider (lower(name));

-- Which login a provider means by a subject. An account is known by issuer and subject, never by a name or an e-mail.
create table sign_in_link (
  provider_id text not null references identity_provider on delete cascade,
  subject text not null,
  global_user_id uuid not null references app_user on delete cascade,
  created_at timestamptz not null default now(),
  -- Null: made by the first sign-in itself.
  linked_by uuid references app_user,
  last_sign_in_at timestamptz,
  -- What of the profile the provider said then: it is changed there alone.
  said text[] not null default '{}',
  primary key (provider_id, subject),
  constraint sign_in_link__one unique (provider_id, global_user_id)
);
create index sign_in_link__user on sign_in_link (global_user_id);

-- A way to a provider that somebody has begun: taken away by the one callback that may use it.
create table pending_sign_in (
  state_hash bytea primary key,
  -- Of what the browser holds in a cookie; nonce and PKCE verifier come from that, and are nowhere else.
  browser_hash bytea not null,
  provider_id text not null references identity_provider on delete cascade,
  -- The session whose login is confirmed; null: somebody signs in.
  session_id uuid,
  return_to text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index pending_sign_in__expires on pending_sign_in (expires_at);

-- By whom the person of a session signed in; null: by a password of this installation.
alter table session add column provider_id text,
  add column provider_subject text,
  -- The provider's own id of its session, by which it may end ours.
  add column provider_session text,
  -- Where the browser goes to end the provider's session as well; null: it has no such place.
  add column sign_out_url text;
create index session__provider on session (provider_id, provider_subject) where provider_id is not null;

-- Tokens by which a provider ended sessions: none does it twice.
create table logout_token (
  provider_id text not null references identity_provider on delete cascade,
  id_hash bytea not null,
  expires_at timestamptz not null,
  primary key (provider_id, id_hash)
);

-- `local` is by hand or from a file; else the provider that names the group.
alter table group_member add column source text not null default 'local';

-- What a provider's page shows: sign-ins by it, and those that were refused.
create index audit_event__identity_provider on audit_event ((payload ->> 'identityProvider'), sequence desc)
  where payload ->> 'identityProvider' is not null;
