-- What somebody has written of a data product, or of the change of one, and not published yet.
create table product_draft (
  global_user_id uuid not null references app_user on delete cascade,
  -- The product's own id for the change of one; else the id that the product will have.
  id uuid not null,
  -- As it was when its change was begun; null for a product that is new.
  product_updated_at timestamptz,
  name text not null,
  content jsonb not null,
  saved_at timestamptz not null default now(),
  primary key (global_user_id, id)
);
create index product_draft__age on product_draft (saved_at);
