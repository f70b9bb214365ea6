/** Names that are hard to quote: keywords of all majors, other alphabets, and characters that mean something in SQL. */
import { escapeIdentifier } from "pg";
import type { Random } from "../../../src/nexushub/demo-data/random.ts";

/** Keywords of every class, old and new, and words that are special somewhere. */
const KEYWORDS =
  "absent all analyse and any array as asensitive authorization between bigint binary both breadth check coalesce collate column compression concurrently conditional conflict constraint cross current_date current_user default deferrable depth desc distinct do else empty end enforced except false fetch finalize for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join json json_array json_exists json_object json_query json_scalar json_serialize json_table json_value keep keys lateral leading left like limit localtime locator matched merge merge_action natural nested new normalize not notnull null object objects off offset old omit on only or order out outer over overlaps path period placing plan plans primary public quotes references return returning right row scalar select session_user setof similar some source stored string substring symmetric system_user table tablesample target then ties to trailing trim true union unique user using value values variadic verbose virtual when where window with within without xmlparse xmltable year".split(
    " ",
  );

const ODD = [
  'a"b',
  "x.y",
  " ",
  "$1",
  "$$",
  "é",
  "日本",
  "😀",
  "Upper",
  "UPPER",
  "--",
  "/*",
  "it's",
  ";",
  "a\nb",
  "a\tb",
  "\\",
  "\\!",
  "%s",
  "?column?",
  "(x)",
  "a,b",
  "=",
  "{}",
  "1a",
  "_",
  "e'",
  "::text",
  "ctid2",
];

const PLAIN = "alpha beta gamma delta omega users orders items".split(" ");

/** PostgreSQL's NAMEDATALEN less the final zero. */
const MAX_BYTES = 63;

/** A quoted name. With a suffix that makes it unlike all others, it can stand where names are global. */
export function hostileName(random: Random, suffix = ""): string {
  let name = random.pick(random.pick([KEYWORDS, KEYWORDS, ODD, PLAIN]));
  if (random.chance(0.1)) name += random.pick(ODD);
  if (random.chance(0.03)) name = "n".repeat(MAX_BYTES) + name;
  while (Buffer.byteLength(name + suffix) > MAX_BYTES) name = [...name].slice(0, -1).join("");
  return escapeIdentifier(name + suffix);
}
