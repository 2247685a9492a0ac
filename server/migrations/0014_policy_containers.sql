-- ---------------------------------------------------------------- containers of policies
-- What policies give to the same people is a container as well; its target is an id of its own.
alter table container
  drop constraint container__kind,
  add constraint container__kind check (kind in ('dp', 'as', 'po'));

-- Whom each part of a target is open to, as the last look at the whole compiled it: a part per set of guardrails, and of
-- policy containers the one there is. No rows where no policy bears on the target. An approval reads from here alone.
create table container_part (
  connection_id uuid not null,
  target_id uuid not null,
  part integer not null,
  -- what it was numbered for; null once it stands for nothing, and its container is gone or going
  key text,
  -- {who, guardrails, causes, label}
  body jsonb,
  -- the facts of people that it asks about: group:<name>, attribute:<name>, person:
  asks text[] not null default '{}',
  primary key (connection_id, target_id, part),
  constraint container_part__container foreign key (connection_id, target_id) references container on delete cascade,
  constraint container_part__alive check ((key is null) = (body is null))
);
create index container_part__asks on container_part using gin (asks);

alter table container_object add column part integer not null default 1;

-- Parts that a guardrail keeps closed to the person of an approval. It stays approved, and opens them once it passes.
alter table membership_status
  add column prevented_parts integer[],
  add column prevented_reason text;
