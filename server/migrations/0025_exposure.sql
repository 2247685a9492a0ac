-- How the data sources at and below a node are read; null leaves it to what stands above, at the top to the connection's setting.
alter table data_object add column exposure text;
alter table data_object add constraint data_object__exposure check (exposure in ('auto', 'views', 'base'));
create index data_object__exposure on data_object (connection_id) where exposure is not null;
