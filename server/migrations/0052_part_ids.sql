-- By part, the ids of the containers beside the first: {"2": "16412"}. By its id a container is found that somebody renamed.
alter table container add column part_ids jsonb;
