-- What has had its day is found without reading the rest.
create index webhook_delivery__old on webhook_delivery (state, created_at) where state in ('DELIVERED', 'DEAD');
create index webhook_message__created on webhook_message (created_at);

-- A webhook goes at once; what it was told follows in parts, however much it is. Until all of it is gone the id is here.
alter table webhook_delivery drop constraint webhook_delivery_webhook_id_fkey;
create table webhook_remains (
  webhook_id uuid primary key
);
