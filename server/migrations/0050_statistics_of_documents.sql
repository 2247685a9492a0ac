-- Nobody searches by what these documents hold, and taking samples of them is four fifths of what it costs to analyze such a table:
-- of the audit a second of a core each time, which those who decide meanwhile go without.
alter table audit_event alter column actor set statistics 0, alter column related_resources set statistics 0, alter column payload set statistics 0;
alter table event alter column data set statistics 0;
alter table access_request alter column form set statistics 0, alter column flow set statistics 0, alter column event set statistics 0,
  alter column metadata set statistics 0;
alter table determination alter column traits set statistics 0;
alter table membership_status alter column proof set statistics 0;
alter table inbox_message alter column details set statistics 0;

-- As before (0048), but by how many rows were added: what was only changed is the server's own turn.
create or replace function refresh_statistics() returns text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  changed regclass;
begin
  for changed in
    select s.relid from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where s.schemaname = 'public' and pg_has_role(c.relowner, 'USAGE')
      and least(s.n_live_tup, s.n_mod_since_analyze, s.n_ins_since_vacuum) >= 1000
      and least(s.n_mod_since_analyze, s.n_ins_since_vacuum) > greatest(c.reltuples, 0) / 2
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
