-- A decision changes a slot and none of what its indexes hold. With room in its page the new version needs no entry in them,
-- of which the one over the approvers is the dearest.
alter table approval_record set (fillfactor = 70);
