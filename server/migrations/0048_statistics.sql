-- The planner goes by how many rows there were when a table was last analyzed. The server's own turn at that comes a minute later, and
-- until then each of 10,000 tables that were just found is looked for among all of them. The application owns no table, so it asks.
-- A table that somebody holds has to wait, and holds up none of the others.
create function refresh_statistics() returns text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  changed regclass;
begin
  for changed in
    select s.relid from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where s.schemaname = 'public' and pg_has_role(c.relowner, 'USAGE')
      and least(s.n_live_tup, s.n_mod_since_analyze) >= 1000 and s.n_mod_since_analyze > greatest(c.reltuples, 0) / 2
    order by s.n_mod_since_analyze desc
  loop
    begin
      execute format('lock table %s in share update exclusive mode nowait', changed);
    exception when lock_not_available then
      continue;
    end;
    execute format('analyze %s', changed);
    return changed::text;
  end loop;
  return null;
end $$;
