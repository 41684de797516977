-- One row per try to make or to send a document, oldest first. failed: why it failed, '' when it did not, NULL when it is no try but
-- somebody asks for another one.
-- kind VARCHAR, first_day DATE, address VARCHAR: '' for making it.
SELECT tried_at, failed FROM regular_try
WHERE kind = $kind AND first_day = $first_day AND address = $address ORDER BY try_id
