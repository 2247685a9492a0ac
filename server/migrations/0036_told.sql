-- How ordinary mail comes to somebody: each message at once, or many in one.
alter table notification_hours add column email_digest text not null default 'off',
  add constraint notification_hours__email_digest check (email_digest in ('off', 'hourly', 'daily'));

-- What waits for the next digest of its receiver leaves together with all else that does.
alter table message_delivery add column waits_for_digest boolean not null default false;
create index message_delivery__digest on message_delivery (global_user_id) where waits_for_digest and next_attempt_at is not null;
