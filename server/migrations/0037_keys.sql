-- Secrets are sealed with data keys, one active for each kind of secret. A data key is wrapped by the root key, which never
-- enters the database; a retired one is gone but for its name.
create table data_key (
  id text primary key,
  kind text not null,
  state text not null default 'decryptOnly',
  wrapped text,
  root_key_id text,
  created_at timestamptz not null default now(),
  -- Null: made for a rotation that has not reached every replica yet.
  activated_at timestamptz,
  replaced_at timestamptz,
  retired_at timestamptz,
  constraint data_key__state check (state in ('active', 'decryptOnly', 'retired')),
  constraint data_key__wrapped check ((state = 'retired') = (wrapped is null) and (wrapped is null) = (root_key_id is null))
);
create unique index data_key__active on data_key (kind) where state = 'active';
create index data_key__kind on data_key (kind, created_at);

-- When this replica last read the data keys: a key seals only after every replica can open it.
alter table replica add column keys_read_at timestamptz;

-- A secret can be stored only under a data key that is there, and a key that is about to be stored cannot retire.
-- Its arguments are the paths to sealed texts in the row.
create function refuse_unknown_data_key() returns trigger language plpgsql as $$
declare sealed text;
begin
  for i in 0 .. tg_nargs - 1 loop
    sealed := to_jsonb(new) #>> string_to_array(tg_argv[i], '.');
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
