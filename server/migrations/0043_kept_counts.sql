-- What pages show of each product and domain is kept, not counted anew for each row of a page. Whoever changes a request or the
-- sources of a domain appends what that changes, in the same transaction: appending waits for nobody. A background step adds it
-- up. A reader takes the sum and what was not added up yet, in one statement: that is the number at that moment.

-- No foreign keys: a number goes on saying nothing once there is nothing left to count.
create table product_count (
  data_product_id uuid primary key,
  pending integer not null default 0,
  approved integer not null default 0,
  revoked integer not null default 0,
  canceled integer not null default 0,
  denied integer not null default 0,
  expired integer not null default 0,
  -- People with approved access, those whose end has passed included until they are ended.
  members integer not null default 0,
  -- From asking to the decision, of the latest fifty that people decided.
  median_hours double precision
) with (fillfactor = 50);

-- Who has approved access, and by how many requests: a person counts once.
create table product_holder (
  data_product_id uuid not null,
  beneficiary uuid not null,
  held integer not null,
  primary key (data_product_id, beneficiary)
);
create index product_holder__none on product_holder (data_product_id) where held = 0;

-- A row also says that the requests of the product changed, though all its numbers be nought.
create table product_change (
  id bigint generated always as identity primary key,
  data_product_id uuid not null,
  -- Whose access `held` is about.
  beneficiary uuid,
  pending integer not null,
  approved integer not null,
  revoked integer not null,
  canceled integer not null,
  denied integer not null,
  expired integer not null,
  held integer not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index product_change__product on product_change (data_product_id);

create table domain_count (
  domain_id uuid primary key,
  sources integer not null
) with (fillfactor = 50);
create table domain_change (
  id bigint generated always as identity primary key,
  domain_id uuid not null,
  sources integer not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index domain_change__domain on domain_change (domain_id);

-- The latest fifty decisions of a product are found, not sorted out.
create index access_request__reviewed on access_request (target_id, created_at desc, id desc)
  where decided_at is not null and event ->> 'type' = 'review';

-- Whether a source is in one of some domains is told by the index alone.
create index domain_data_source__place on domain_data_source (data_source_id, domain_id);
drop index domain_data_source__source;

create function access_request__count() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into product_change (data_product_id, beneficiary, pending, approved, revoked, canceled, denied, expired, held)
    select data_product_id, holder,
      coalesce(sum(n) filter (where status = 'PENDING'), 0), coalesce(sum(n) filter (where status = 'APPROVED'), 0),
      coalesce(sum(n) filter (where status = 'REVOKED'), 0), coalesce(sum(n) filter (where status = 'CANCELED'), 0),
      coalesce(sum(n) filter (where status = 'DENIED'), 0), coalesce(sum(n) filter (where status = 'EXPIRED'), 0),
      case when holder is null then 0 else sum(n) end
    from (select data_product_id, status, case when status = 'APPROVED' and type = 'DATA_ACCESS' then beneficiary end as holder, 1 as n
      from came where data_product_id is not null) x
    group by data_product_id, holder;
  elsif tg_op = 'DELETE' then
    insert into product_change (data_product_id, beneficiary, pending, approved, revoked, canceled, denied, expired, held)
    select data_product_id, holder,
      coalesce(sum(n) filter (where status = 'PENDING'), 0), coalesce(sum(n) filter (where status = 'APPROVED'), 0),
      coalesce(sum(n) filter (where status = 'REVOKED'), 0), coalesce(sum(n) filter (where status = 'CANCELED'), 0),
      coalesce(sum(n) filter (where status = 'DENIED'), 0), coalesce(sum(n) filter (where status = 'EXPIRED'), 0),
      case when holder is null then 0 else sum(n) end
    from (select data_product_id, status, case when status = 'APPROVED' and type = 'DATA_ACCESS' then beneficiary end as holder, -1 as n
      from gone where data_product_id is not null) x
    group by data_product_id, holder;
  else
    -- Most updates change nothing that is counted. Both sides in full: also the id of a row may change.
    insert into product_change (data_product_id, beneficiary, pending, approved, revoked, canceled, denied, expired, held)
    select data_product_id, holder,
      coalesce(sum(n) filter (where status = 'PENDING'), 0), coalesce(sum(n) filter (where status = 'APPROVED'), 0),
      coalesce(sum(n) filter (where status = 'REVOKED'), 0), coalesce(sum(n) filter (where status = 'CANCELED'), 0),
      coalesce(sum(n) filter (where status = 'DENIED'), 0), coalesce(sum(n) filter (where status = 'EXPIRED'), 0),
      case when holder is null then 0 else sum(n) end
    from (
      select x.data_product_id, x.status, case when x.status = 'APPROVED' and x.type = 'DATA_ACCESS' then x.beneficiary end as holder, x.n
      from gone g full join came c on c.id = g.id
      cross join lateral (values (g.data_product_id, g.status, g.type, g.beneficiary, -1), (c.data_product_id, c.status, c.type, c.beneficiary, 1))
        x (data_product_id, status, type, beneficiary, n)
      where x.data_product_id is not null
        and (g.data_product_id, g.status, g.type, g.beneficiary, g.created_at, g.decided_at, g.event ->> 'type')
          is distinct from (c.data_product_id, c.status, c.type, c.beneficiary, c.created_at, c.decided_at, c.event ->> 'type')
    ) x
    group by data_product_id, holder;
  end if;
  return null;
end $$;
create trigger access_request__count_new after insert on access_request
  referencing new table as came for each statement execute function access_request__count();
create trigger access_request__count_changed after update on access_request
  referencing old table as gone new table as came for each statement execute function access_request__count();
create trigger access_request__count_gone after delete on access_request
  referencing old table as gone for each statement execute function access_request__count();

create function domain_data_source__count() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into domain_change (domain_id, sources) select domain_id, count(*) from came group by domain_id;
  elsif tg_op = 'DELETE' then
    insert into domain_change (domain_id, sources) select domain_id, -count(*) from gone group by domain_id;
  else
    insert into domain_change (domain_id, sources)
    select domain_id, sum(n) from (select domain_id, 1 as n from came union all select domain_id, -1 from gone) x
    group by domain_id having sum(n) <> 0;
  end if;
  return null;
end $$;
create trigger domain_data_source__count_new after insert on domain_data_source
  referencing new table as came for each statement execute function domain_data_source__count();
create trigger domain_data_source__count_changed after update on domain_data_source
  referencing old table as gone new table as came for each statement execute function domain_data_source__count();
create trigger domain_data_source__count_gone after delete on domain_data_source
  referencing old table as gone for each statement execute function domain_data_source__count();

-- The triggers keep writers out until the commit: what is there now is counted once, and no change in between is missed.
insert into product_holder (data_product_id, beneficiary, held)
select data_product_id, beneficiary, count(*) from access_request
where status = 'APPROVED' and type = 'DATA_ACCESS' and data_product_id is not null group by 1, 2;

insert into product_count (data_product_id, pending, approved, revoked, canceled, denied, expired, members, median_hours)
select r.*, (select count(*) from product_holder h where h.data_product_id = r.id),
  (select percentile_cont(0.5) within group (order by extract(epoch from decided_at - created_at) / 3600)
    from (select decided_at, created_at from access_request where target_id = r.id and decided_at is not null and event ->> 'type' = 'review'
      order by created_at desc, id desc limit 50) latest)
from (
  select data_product_id as id, count(*) filter (where status = 'PENDING'), count(*) filter (where status = 'APPROVED'),
    count(*) filter (where status = 'REVOKED'), count(*) filter (where status = 'CANCELED'),
    count(*) filter (where status = 'DENIED'), count(*) filter (where status = 'EXPIRED')
  from access_request where data_product_id is not null group by 1
) r;

insert into domain_count (domain_id, sources) select domain_id, count(*) from domain_data_source group by 1;
