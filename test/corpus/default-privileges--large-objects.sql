-- majors: 18
-- roles: corpus_alice, corpus_bob
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_alice GRANT SELECT ON LARGE OBJECTS TO corpus_bob;
ALTER DEFAULT PRIVILEGES FOR ROLE corpus_bob REVOKE UPDATE ON LARGE OBJECTS FROM corpus_bob;
