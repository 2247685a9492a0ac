-- Request forms: their versions are counted, and a name is taken however it is written.

-- What makes two names the same, as the application folds them; whoever saves a form again writes it anew.
alter table request_form add column name_key text;
update request_form set name_key = lower(normalize(name, nfkc));
alter table request_form alter column name_key set not null;
drop index request_form__name;
create unique index request_form__name on request_form (name_key) where deleted_at is null;

alter table request_form_version add column number integer not null default 1;
update request_form_version v set number = counted.number
  from (select version, row_number() over (partition by request_form_id order by created_at, version) as number
    from request_form_version) counted
  where counted.version = v.version;
alter table request_form_version add constraint request_form_version__number unique (request_form_id, number);

-- "Used by", asked when a form is shown, changed and deleted.
create index data_product__data_access_form on data_product (data_access_form_id) where deleted_at is null;
create index data_product__masking_exception_form on data_product (masking_exception_form_id) where deleted_at is null;
create index access_request__form_version on access_request (form_version, status);
