-- When a sweep was last put off; when it was asked for stays, since what its run tells of is told once.
alter table provisioning_key add column put_off_at timestamptz;
