-- What makes two names the same, as the application folds them. Null: another row had the name already when this came. Both stay as
-- they are; a new name is always told apart by it.
create function pg_temp.folded(name text) returns text language sql immutable as $$
  select replace(replace(lower(normalize(regexp_replace(btrim(name), '\s+', ' ', 'g'), nfkc)), 'ß', 'ss'), 'ς', 'σ')
$$;

alter table app_user add column username_key text;
update app_user u set username_key = k.key
  from (select global_user_id, pg_temp.folded(username) as key,
    row_number() over (partition by pg_temp.folded(username) order by created_at, global_user_id) as n from app_user) k
  where k.global_user_id = u.global_user_id and k.n = 1;
create unique index app_user__username_key on app_user (username_key);

alter table user_group add column name_key text;
update user_group g set name_key = k.key
  from (select id, pg_temp.folded(name) as key, row_number() over (partition by pg_temp.folded(name) order by id) as n from user_group) k
  where k.id = g.id and k.n = 1;
create unique index user_group__name_key on user_group (name_key);

alter table domain add column name_key text;
update domain d set name_key = k.key
  from (select id, pg_temp.folded(name) as key, row_number() over (partition by pg_temp.folded(name) order by created_at, id) as n from domain) k
  where k.id = d.id and k.n = 1;
create unique index domain__name_key on domain (name_key);

alter table data_product add column name_key text;
update data_product p set name_key = k.key
  from (select id, pg_temp.folded(name) as key, row_number() over (partition by pg_temp.folded(name) order by created_at, id) as n
    from data_product where deleted_at is null) k
  where k.id = p.id and k.n = 1;
create unique index data_product__name_key on data_product (name_key) where deleted_at is null;

alter table identifier add column name_key text;
update identifier i set name_key = k.key
  from (select id, pg_temp.folded(name) as key, row_number() over (partition by pg_temp.folded(name) order by id) as n from identifier) k
  where k.id = i.id and k.n = 1;
create unique index identifier__name_key on identifier (name_key);

drop function pg_temp.folded(text);
