-- All logins of a person, looked for by each list of requests.
create index app_user__person on app_user (person_id);
-- What is inserted goes into the index at once: else each lookup reads through all that was put off, up to four megabytes of it,
-- and whoever fills those writes them all in.
alter index approval_record__approvers set (fastupdate = off);
select gin_clean_pending_list('approval_record__approvers');
