-- Tags that people, identification and platforms put on what there is. A tag is a dot path; those above it exist as well.
-- Its number is of the same sequence as those of derived tags.
create table tag (
  id integer primary key default nextval('tag_id'),
  parent_id integer references tag,
  name text not null,
  source text not null,
  description text not null default '',
  sensitivity text,
  created_by uuid references app_user,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tag__source check (source in ('curated', 'identification', 'platform', 'system')),
  constraint tag__sensitivity check (sensitivity in ('low', 'moderate', 'high'))
);
-- Names are compared as they are written; two that differ by case alone would be taken for each other by people.
create unique index tag__name on tag (lower(name));
create index tag__parent on tag (parent_id);
-- What is at or below a tag lies together.
create index tag__path on tag (name text_pattern_ops);

with root as (
  insert into tag (name, source, description) values ('Stoa New', 'system', 'What a crawl has found since.') returning id)
insert into tag (parent_id, name, source, description)
select id, 'Stoa New.Column', 'system', 'A column that was added to a table known before. Take it off once the column is looked at.' from root;

-- A tag on a node of the tree, which everything below inherits, or on a column of a leaf. A column is known by its number,
-- which on PostgreSQL stays when it is renamed and is never given again; its name finds it where a table was made anew.
create table tag_application (
  id bigint generated always as identity primary key,
  tag_id integer not null references tag on delete cascade,
  data_object_id uuid not null references data_object on delete cascade,
  column_ordinal integer,
  column_name text,
  source text not null,
  context text,
  added_by uuid references app_user,
  added_at timestamptz not null default now(),
  evidence jsonb,
  -- Taken off by a person: kept, so that nothing but a person brings it back.
  disabled boolean not null default false,
  disabled_by uuid references app_user,
  disabled_at timestamptz,
  constraint tag_application__once unique nulls not distinct (data_object_id, column_ordinal, tag_id),
  constraint tag_application__source check (source in ('curated', 'identification', 'platform', 'system')),
  constraint tag_application__column check ((column_ordinal is null) = (column_name is null)),
  constraint tag_application__disabled check (disabled = (disabled_at is not null))
);
create index tag_application__tag on tag_application (tag_id);

-- A dynamic domain holds what carries one tag or one below it. The tag may be a derived one, so no table can be named.
alter table domain add column mode text not null default 'manual';
alter table domain add column tag_id integer;
alter table domain add constraint domain__mode check ((mode = 'manual' and tag_id is null) or (mode = 'dynamic' and tag_id is not null));
-- The nodes that have a connection tag, found by its number.
create index data_object__tag on data_object (tag_id) where object_type in ('database', 'schema');
