-- What governors say about an asset. Every data object is one; a row stands where something was said, and null means that it is
-- inherited from the object above.
create table asset (
  data_object_id uuid primary key references data_object on delete cascade,
  description text,
  external_link text,
  data_access_form_id uuid references request_form,
  masking_exception_form_id uuid references request_form,
  data_access_review_flow jsonb,
  masking_exception_review_flow jsonb,
  updated_at timestamptz not null default now(),
  updated_by uuid references app_user
);
create index asset__data_access_form on asset (data_access_form_id) where data_access_form_id is not null;
create index asset__masking_exception_form on asset (masking_exception_form_id) where masking_exception_form_id is not null;

create table asset_subject_matter_expert (
  data_object_id uuid not null references asset on delete cascade,
  global_user_id uuid not null references app_user on delete cascade,
  primary key (data_object_id, global_user_id)
);

-- What holds on an object: form and flow apart, per type of request, each the nearest one set from the object upwards, beside
-- the asset that gives it. No row for an unknown object; null where nothing is set up to the root.
create function asset_in_force(object_id uuid) returns table (
  data_access_form_id uuid, data_access_form_from uuid,
  masking_exception_form_id uuid, masking_exception_form_from uuid,
  data_access_review_flow jsonb, data_access_flow_from uuid,
  masking_exception_review_flow jsonb, masking_exception_flow_from uuid
) language sql stable as $$
  with recursive upwards (id, parent_id, height) as (
    select o.id, o.parent_id, 0 from data_object o where o.id = object_id
    union all
    select p.id, p.parent_id, u.height + 1 from upwards u join data_object p on p.id = u.parent_id
  )
  select
    (array_agg(a.data_access_form_id order by u.height) filter (where a.data_access_form_id is not null))[1],
    (array_agg(u.id order by u.height) filter (where a.data_access_form_id is not null))[1],
    (array_agg(a.masking_exception_form_id order by u.height) filter (where a.masking_exception_form_id is not null))[1],
    (array_agg(u.id order by u.height) filter (where a.masking_exception_form_id is not null))[1],
    (array_agg(a.data_access_review_flow order by u.height) filter (where a.data_access_review_flow is not null))[1],
    (array_agg(u.id order by u.height) filter (where a.data_access_review_flow is not null))[1],
    (array_agg(a.masking_exception_review_flow order by u.height) filter (where a.masking_exception_review_flow is not null))[1],
    (array_agg(u.id order by u.height) filter (where a.masking_exception_review_flow is not null))[1]
  from upwards u left join asset a on a.data_object_id = u.id
  having count(*) > 0
$$;
