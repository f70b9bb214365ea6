-- What PostgreSQL 14 and older give by themselves: everybody may create in public.
GRANT CREATE ON SCHEMA public TO PUBLIC;
