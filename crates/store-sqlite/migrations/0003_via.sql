-- The way on which a request came in: the address that the connection came from, and the id of
-- the registered software. None for older lines and for what the program did by itself.
ALTER TABLE audit ADD COLUMN network TEXT;
ALTER TABLE audit ADD COLUMN software TEXT;
