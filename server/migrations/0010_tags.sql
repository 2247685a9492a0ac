-- Tags that follow from what there is: where a source lies, and what it is published in. They have numbers like any other
-- tag, taken from one sequence, so that a number never means two of them.
create sequence tag_id as integer;
alter table connection add column tag_id integer not null default nextval('tag_id');
alter table data_object add column tag_id integer not null default nextval('tag_id');
alter table data_product add column tag_id integer not null default nextval('tag_id');
