-- The words of a path, as they stand and taken apart where a small letter meets a capital one: `claimEvents` is found by
-- "events" and by itself. Only ASCII is taken apart by case, since what a database calls a letter depends on its locale.
create function asset_words(object_path text[]) returns tsvector language sql immutable parallel safe as $$
  select to_tsvector('simple', p || case when p ~ '[a-z0-9][A-Z]' then ' ' || regexp_replace(p, '([a-z0-9])([A-Z])', '\1 \2', 'g') else '' end)
  from (select translate(array_to_string(object_path, ' '), '_-./()"', '       ')) as plain (p)
$$;
create index data_object__words on data_object using gin (asset_words(object_path));
