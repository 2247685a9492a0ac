-- The time of the fact, which may have waited for a lock since its transaction began: what is told of a record is judged by it.
alter table event alter column created_at set default clock_timestamp();
