-- One row is deleted per session: nobody stays signed in over a restore, for who signed out since the backup would be back in.
DELETE FROM session
