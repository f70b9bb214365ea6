/** The corpus: SQL files that each build one kind of object in many forms, with the majors and roles that they need. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../corpus/", import.meta.url));

export interface CorpusCase {
  /** The file's name without its ending. */
  readonly name: string;
  readonly sql: string;
  readonly oldest: number;
  readonly newest: number;
  /** Of the databases; undefined for the server's own. */
  readonly encoding: string | undefined;
  /** Roles that must exist in the cluster. */
  readonly roles: readonly string[];
}

/** All cases for a major, by name. */
export function corpus(major: number): CorpusCase[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => parse(file.slice(0, -4), readFileSync(FOLDER + file, "utf8")))
    .filter((it) => it.oldest <= major && major <= it.newest);
}

function parse(name: string, sql: string): CorpusCase {
  const header = (key: string): string | undefined =>
    new RegExp(`^-- ${key}: (.*)$`, "m").exec(sql)?.[1];
  const [oldest = 13, newest = oldest] = header("majors")?.split("-").map(Number) ?? [13, 18];
  return {
    name,
    sql,
    oldest,
    newest,
    encoding: header("encoding"),
    roles: header("roles")?.split(", ") ?? [],
  };
}
