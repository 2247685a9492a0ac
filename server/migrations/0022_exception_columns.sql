-- A column of an approved masking exception, as it was approved: another family of type is another column. It ends with its mask.
create table exception_column (
  access_request_id text not null references access_request on delete cascade,
  data_source_id integer not null references data_source on delete cascade,
  column_name text not null,
  ordinal integer not null,
  family text not null,
  ended_at timestamptz,
  ended_why text,
  primary key (access_request_id, data_source_id, column_name),
  constraint exception_column__ended check ((ended_at is null) = (ended_why is null)),
  constraint exception_column__why check (ended_why in ('column.gone', 'column.type_changed', 'column.unmasked'))
);
create index exception_column__source on exception_column (data_source_id) where ended_at is null;

-- Whatever approves, approves the columns as they are known at that moment.
create function access_request__keep_columns() returns trigger language plpgsql as $$
begin
  insert into exception_column (access_request_id, data_source_id, column_name, ordinal, family)
  select new.id, c.data_source_id, c.name, c.ordinal, c.type_family
  from jsonb_to_recordset(new.metadata -> 'columns') as k ("sourceId" text, "columnName" text)
    join data_source_column c on c.data_source_id = case when k."sourceId" ~ '^[0-9]{1,9}$' then k."sourceId"::integer end and c.name = k."columnName"
  on conflict do nothing;
  return null;
end $$;
create trigger access_request__keep_columns after insert or update of status on access_request
  for each row when (new.type = 'MASKING_EXCEPTION' and new.status = 'APPROVED') execute function access_request__keep_columns();

insert into exception_column (access_request_id, data_source_id, column_name, ordinal, family)
select distinct on (r.id, c.data_source_id, c.name) r.id, c.data_source_id, c.name, c.ordinal, c.type_family
from access_request r cross join jsonb_to_recordset(r.metadata -> 'columns') as k ("sourceId" text, "columnName" text)
  join data_source_column c on c.data_source_id::text = k."sourceId" and c.name = k."columnName"
where r.type = 'MASKING_EXCEPTION' and r.status = 'APPROVED'
on conflict do nothing;

-- What others granted on a view is told of its source.
create index source_protection__view_id on source_protection (connection_id, view_id) where view_id is not null;
