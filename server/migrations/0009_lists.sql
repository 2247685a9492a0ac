-- The containers of a target, whatever connections they are on; and what was asked for of single assets.
create index container__target on container (target_id);
create index access_request__asset on access_request (asset_id) where asset_id is not null;
