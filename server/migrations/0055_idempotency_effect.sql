-- A repeat knows whether the first call with its key has had its effect: that is written in the effect's own transaction.
alter table idempotency_key add column claim uuid;
alter table idempotency_key add column has_effect boolean not null default false;
