-- Sessions of a login that could not be ended with an access. A row goes once they are ended or gone, or after a week of trying.
create table left_session (
  connection_id uuid not null references connection on delete cascade,
  principal_id text not null,
  -- The platform's own ids of them; null: it could not be asked, and all that are open then are meant.
  sessions text[],
  -- {access request: why its access has ended}
  requests jsonb not null default '{}',
  since timestamptz not null default now(),
  attempt int not null default 0,
  next_attempt_at timestamptz not null,
  primary key (connection_id, principal_id)
);
alter table provisioning_key drop constraint provisioning_key__facet,
  add constraint provisioning_key__facet check (facet in ('access', 'reader', 'session'));
-- What the view that stands shows, as it was described when it was written: JSON as text, which keeps the order by which two
-- descriptions are told apart.
alter table source_protection add column description text;
-- Which person a login was of before: what was decided then is judged by that, also after it is of another. Null: since it began.
create table former_person (
  global_user_id uuid not null references app_user (global_user_id) on delete cascade,
  person_id uuid not null,
  since timestamptz,
  until timestamptz not null
);
create index former_person_login on former_person (global_user_id);
-- When a nightly verification told that nothing can be checked while the connection is paused; null once it is resumed.
alter table connection add column pause_told_at timestamptz;
