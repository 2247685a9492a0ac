-- Native statements that are about to be run. A row goes with the record of what came of them: one that is left belongs to a
-- process that ended in between, and whoever runs next says so in the audit. Without a foreign key: it outlives nothing, and a
-- key would cost each approval a look at its connection.
create table statement_intent (
  connection_id uuid not null,
  run_id uuid not null,
  written_at timestamptz not null default now(),
  -- [{sql, step}]
  statements jsonb not null
);
create index statement_intent_connection on statement_intent (connection_id);
