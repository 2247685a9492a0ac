-- ---------------------------------------------------------------- review assist
-- What a determination was about, so that the newest of a target, or of a form, are found without reading their requests.
-- `traits`: groups, attributes and chosen options as they were then. Null where a rule decided, and for what was decided before
-- this was kept: there today's are taken.
alter table determination
  add column target_id uuid,
  add column type text,
  add column request_form_id uuid,
  add column traits jsonb;
update determination d set target_id = r.target_id, type = r.type, request_form_id = r.request_form_id
  from access_request r where r.id = d.access_request_id;
alter table determination alter column target_id set not null, alter column type set not null;

-- Everything that looks for recent determinations names a target or a form.
drop index determination__recent;
create index determination__target on determination (target_id, type, created_at desc) where is_final;
create index determination__form on determination (request_form_id, type, created_at desc)
  where is_final and action_by is not null;

-- What review assist said when somebody decided. Written open, in the decision's commit, and filled in a moment later: the
-- advice follows from what was there at that instant, and nobody has to wait for it.
create table determination_advice (
  determination_id text primary key references determination on delete cascade,
  approval_risk text,
  recommendation text,
  computed_at timestamptz
);
create index determination_advice__open on determination_advice (determination_id) where computed_at is null;

-- How often people followed the advice, per target and type of request.
create table assist_rate (
  target_id uuid not null,
  type text not null,
  -- decided as recommended
  accepted integer not null default 0,
  -- decided against the recommendation
  overridden integer not null default 0,
  -- decided where nothing was recommended
  unadvised integer not null default 0,
  updated_at timestamptz not null default now(),
  primary key (target_id, type)
);
