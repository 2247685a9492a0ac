-- Nobody looks a product's source up by the id that it bears in answers, and 10,000 random ones are a third of what its indexes cost.
alter table data_product_source
  drop constraint data_product_source_pkey,
  drop constraint data_product_source__once,
  add constraint data_product_source_pkey primary key (data_product_id, data_source_id);
