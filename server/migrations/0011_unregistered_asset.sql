-- What an unregistered asset turned out to be, once a crawl or a governor found it: its requests have moved there, and the
-- link of before leads there.
alter table requested_asset add column bound_to uuid references requested_asset;
alter table requested_asset add constraint requested_asset__bound check (bound_to is null or registered_at is not null);
create index requested_asset__bound_to on requested_asset (bound_to) where bound_to is not null;

-- A request that is handed to the reviewers of an asset when that is found was given to them by nobody.
alter table reroute alter column action_by drop not null;
