-- What products are found by is composed (NFKC) from now on, as what people type: written anew where something was not.
update data_product_search d set is_stale = true from data_product p
where p.id = d.data_product_id and p.deleted_at is null and (p.name is not nfkc normalized or p.description is not nfkc normalized);
