-- In the order in which they are taken: a turn reads as many as there is room for, not all that came at the same moment.
drop index webhook_delivery__due;
create index webhook_delivery__due on webhook_delivery (webhook_id, due_at, sequence)
  where state in ('PENDING', 'RETRYING') and claimed_by is null;
