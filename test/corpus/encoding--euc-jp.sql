-- encoding: EUC_JP
-- Names, comments, code and rows in Japanese.
CREATE SCHEMA "漢字";
CREATE TYPE "漢字"."型" AS ENUM ('春', '夏');
CREATE TABLE "漢字"."表" ("列" int PRIMARY KEY, "名前" text DEFAULT '日本', CONSTRAINT "検査" CHECK ("名前" <> '語'));
COMMENT ON TABLE "漢字"."表" IS 'コメント';
CREATE FUNCTION "漢字"."関数"("引数" text DEFAULT '値') RETURNS text LANGUAGE sql AS $$ SELECT '値' || "引数" $$;
CREATE VIEW "漢字"."眺め" AS SELECT "列" AS "行", '日' AS "日" FROM "漢字"."表";
INSERT INTO "漢字"."表" VALUES (1, '表示能力十予'), (2, 'ソ');
