-- What others gave on a platform, and somebody leaves as it is, until it is gone.
alter table drift_finding
  add ignored_at timestamptz,
  add ignored_by uuid references app_user (global_user_id),
  add ignored_reason text,
  add constraint drift_finding__ignored check ((ignored_at is null) = (ignored_by is null) and (ignored_at is null) = (ignored_reason is null));
