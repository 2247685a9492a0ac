-- Since when a login is of the person it is of, where that was changed: who decided before decided as somebody else.
alter table app_user add column person_since timestamptz;
