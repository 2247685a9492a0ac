-- An asset that somebody asked for. It has the id of its data object; before a crawl has found that, an id derived from what was
-- asked for. It outlives the object, so that requests keep what they were about.
create table requested_asset (
  id uuid primary key,
  technology text,
  host text,
  port integer,
  object_path text[] not null,
  object_type text,
  -- what is said about one that is not registered yet; of others their objects tell
  description text,
  requested_at timestamptz not null default now(),
  -- null until a crawl has found it
  registered_at timestamptz
);
create index requested_asset__unregistered on requested_asset (requested_at desc, id) where registered_at is null;

insert into requested_asset (id, technology, host, port, object_path, object_type, registered_at)
select o.id, c.technology, c.config ->> 'host', (c.config ->> 'port')::int, o.object_path, o.object_type, now()
from data_object o join connection c on c.id = o.connection_id
where o.id in (select asset_id from access_request);

alter table access_request drop constraint access_request_asset_id_fkey;
alter table access_request add constraint access_request__asset foreign key (asset_id) references requested_asset;
create index access_request__asset_id on access_request (asset_id) where asset_id is not null;
