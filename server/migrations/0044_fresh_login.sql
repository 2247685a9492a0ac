-- When the person of a session last proved who they are; acts on connections, keys and permissions ask that it is recent.
alter table session add column confirmed_at timestamptz not null default now();
update session set confirmed_at = created_at;
