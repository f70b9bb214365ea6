-- encoding: LATIN1
-- Names, comments, code and rows with characters of LATIN1.
CREATE SCHEMA "Schéma";
CREATE TYPE "Schéma"."Énum" AS ENUM ('été', 'hiver');
CREATE TABLE "Schéma"."Tâblé" ("clé" int PRIMARY KEY, "prénom" text DEFAULT 'é''ü', CONSTRAINT "vérif" CHECK ("prénom" <> 'ÿ'));
CREATE INDEX "idx_é" ON "Schéma"."Tâblé" (lower("prénom")) WHERE "prénom" <> 'ß';
COMMENT ON TABLE "Schéma"."Tâblé" IS 'Commentaire à é';
COMMENT ON COLUMN "Schéma"."Tâblé"."clé" IS 'ü';
CREATE FUNCTION "Schéma"."fönction"("ärg" text DEFAULT 'ö') RETURNS text LANGUAGE sql AS $$ SELECT 'é' || "ärg" $$;
CREATE VIEW "Schéma"."vüe" AS SELECT "clé", 'é' AS "sélect" FROM "Schéma"."Tâblé" WHERE "prénom" = 'ñ';
CREATE SEQUENCE "Schéma"."séq";
INSERT INTO "Schéma"."Tâblé" VALUES (1, 'éàü'), (2, NULL);
CREATE TABLE é (à int) PARTITION BY LIST (à);
CREATE TABLE é1 PARTITION OF é FOR VALUES IN (1);
