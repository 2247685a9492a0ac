-- How far the file of checkpoints goes that each replica keeps on its host; null: it has not looked yet.
alter table replica
  add column host text,
  add column audit_file text,
  add column audit_file_number bigint not null default 0,
  add column audit_file_at timestamptz,
  add column audit_file_failed_at timestamptz,
  add column audit_file_failure text;
