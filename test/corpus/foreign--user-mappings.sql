-- roles: corpus_alice, corpus "quoted" role
-- Options of user mappings, which can be secret and are dumped only on request.
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER "S ""s""" FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR corpus_alice SERVER "S ""s""" OPTIONS (user 'it''s', password E'back\\slash $$ \n');
CREATE USER MAPPING FOR "corpus ""quoted"" role" SERVER "S ""s""" OPTIONS ("Odd ""option""" '');
CREATE USER MAPPING FOR PUBLIC SERVER "S ""s""" OPTIONS (password 'x');
CREATE USER MAPPING FOR CURRENT_USER SERVER "S ""s""";
