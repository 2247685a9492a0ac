-- Publishing 10,000 tables writes 10,000 rows into each of two tables. A foreign key looks its parent up row by row, which is
-- two thirds of such a statement. These rules are asked once per statement instead, with the same outcome.
alter table data_product_source
  drop constraint data_product_source_data_product_id_fkey,
  drop constraint data_product_source_data_source_id_fkey;

create function data_product_source__refer() returns trigger language plpgsql as $$
declare
  products uuid[];
  locked integer;
  are_known boolean;
begin
  select array_agg(distinct data_product_id) into products from added;
  -- As under a foreign key, whoever deletes a parent waits for these rows and then sees them. Sources go with their
  -- connections, whose few rows stand for theirs.
  perform from data_product where id = any(products) for key share;
  get diagnostics locked = row_count;
  if locked < cardinality(products) then
    raise foreign_key_violation using message = 'a data product that does not exist', table = 'data_product_source',
      constraint = 'data_product_source__product';
  end if;
  perform from connection for key share;
  -- Planned anew each time: a plan for six rows is none for ten thousand.
  execute 'select not exists (select from added a where not exists (select from data_source s where s.id = a.data_source_id))'
    into are_known;
  if not are_known then
    raise foreign_key_violation using message = 'a data source that does not exist', table = 'data_product_source',
      constraint = 'data_product_source__source';
  end if;
  return null;
end $$;
create trigger data_product_source__refer_new after insert on data_product_source
  referencing new table as added for each statement execute function data_product_source__refer();
create trigger data_product_source__refer_changed after update on data_product_source
  referencing new table as added for each statement execute function data_product_source__refer();

create function data_product__take_along() returns trigger language plpgsql as $$
begin
  delete from data_product_source ps using gone g where ps.data_product_id = g.id;
  return null;
end $$;
create trigger data_product__take_along after delete on data_product
  referencing old table as gone for each statement execute function data_product__take_along();

-- What was last seen of the objects of a container is derived: each look at the whole container writes it anew.
alter table container_object
  drop constraint container_object_connection_id_fkey,
  drop constraint container_object_data_source_id_fkey;

create function data_source__take_along() returns trigger language plpgsql as $$
begin
  perform from connection c where c.id in (select connection_id from gone) for update;
  if exists (select from data_product_source ps join gone g on g.id = ps.data_source_id) then
    raise foreign_key_violation using message = 'a data source that a data product still lists', table = 'data_product_source',
      constraint = 'data_product_source__source';
  end if;
  delete from container_object o using gone g where o.connection_id = g.connection_id and o.data_source_id = g.id;
  return null;
end $$;
create trigger data_source__take_along after delete on data_source
  referencing old table as gone for each statement execute function data_source__take_along();

create function connection__take_along() returns trigger language plpgsql as $$
begin
  delete from container_object o using gone g where o.connection_id = g.id;
  return null;
end $$;
create trigger connection__take_along after delete on connection
  referencing old table as gone for each statement execute function connection__take_along();

-- The document of a large product is made once the product is there; until then it may be found by its name alone.
alter table data_product_search add column is_stale boolean not null default false;
create index data_product_search__stale on data_product_search (data_product_id) where is_stale;

-- The same as access_request__asset_id.
drop index access_request__asset;
