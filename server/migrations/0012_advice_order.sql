-- Advice is filled in as it was opened, so that a batch looks at one stretch of a target's history.
alter table determination_advice add column opened bigint generated always as identity;
drop index determination_advice__open;
create index determination_advice__open on determination_advice (opened) where computed_at is null;
