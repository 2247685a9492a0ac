-- Each time a backup was brought back, and how the platforms differed from it then.
create table restore (
  id uuid primary key,
  restored_at timestamptz not null default now(),
  backup_taken_at timestamptz not null,
  tables integer not null,
  bytes bigint not null
);

create table restore_finding (
  id bigint generated always as identity primary key,
  restore_id uuid not null references restore on delete cascade,
  connection_id uuid references connection on delete cascade,
  connection_key text not null,
  -- beyond: the platform has it, the backup does not; missing: the other way round; unseen: the platform could not be asked.
  kind text not null,
  container text not null default '',
  -- The product or asset, where the backup knows it.
  subject text not null default '',
  principal text not null default '',
  object text not null default '',
  detail text not null default '',
  constraint restore_finding__kind check (kind in ('beyond', 'missing', 'unseen'))
);
create index restore_finding__restore on restore_finding (restore_id, kind);
