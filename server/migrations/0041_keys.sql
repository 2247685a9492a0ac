-- Only a sealed text that comes in or changes must name a key that is there. One that was damaged, and stays as it is, does not
-- keep the other secrets of its row from being sealed anew.
create or replace function refuse_unknown_data_key() returns trigger language plpgsql as $$
declare
  place text[];
  sealed text;
begin
  for i in 0 .. tg_nargs - 1 loop
    place := string_to_array(tg_argv[i], '.');
    sealed := to_jsonb(new) #>> place;
    if tg_op = 'UPDATE' then
      if sealed is not distinct from to_jsonb(old) #>> place then
        continue;
      end if;
    end if;
    if sealed like 'k2.%' then
      perform from data_key where id = split_part(sealed, '.', 2) and state <> 'retired' for key share;
      if not found then
        raise exception 'a secret was sealed with a data key that is not in use any more; try again'
          using errcode = 'serialization_failure';
      end if;
    end if;
  end loop;
  return new;
end $$;
