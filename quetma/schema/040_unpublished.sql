-- What a second engine has not been told yet (quetma/engine): written with the change itself, so no stop of the program loses it.
CREATE TABLE unpublished (
    day    DATE PRIMARY KEY,              -- of which scans, stays or figures changed
    change BIGINT NOT NULL                -- the last change of that day: changes are counted
);
CREATE TABLE published (mark VARCHAR NOT NULL);   -- the state that this store published last; no row: none
