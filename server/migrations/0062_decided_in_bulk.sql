-- The decisions that one call made in one pass have its id in common. A call that is sent again decides none of its requests again.
alter table determination add column bulk_id uuid;
create unique index determination__bulk on determination (bulk_id, access_request_id) where bulk_id is not null;
