-- One row when lines were deleted because their time was over: number and seal of the last of them.
SELECT number, seal FROM audit_start
