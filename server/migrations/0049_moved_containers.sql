-- A container whose members we changed since it was last looked at as a whole: changed back by somebody it would pass for unmoved.
alter table container add column moved_by_us boolean not null default false;
