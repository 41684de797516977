-- One row, or none: the upload of scans that is this list from now on: file_name.
-- batch INTEGER. source VARCHAR: qr or register.
UPDATE batch SET source = $source WHERE batch_id = $batch AND kind = 'scans' RETURNING file_name
