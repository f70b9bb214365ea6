-- The default of PostgreSQL 14 and older: every role may create objects in public.
GRANT CREATE ON SCHEMA public TO PUBLIC;
