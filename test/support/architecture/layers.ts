/**
 * The rooms of src (folders and top-level files), lowest layer first. A file imports only from its own room and from rooms
 * of lower layers, types included; rooms of one layer do not import each other. The linter's layer rules are generated
 * from this list (test/structure/architecture.test.ts), which also checks what the linter cannot see.
 */
export const LAYERS: readonly (readonly string[])[] = [
  ["error-codes.ts", "error-identity.ts"],
  ["errors.ts", "limits.ts", "warnings.ts"],
  ["events.ts"],
  ["util"],
  // Folders of files, on this machine and in object stores. It knows names and bytes, and no archive.
  ["store", "notify"],
  // Below everything that knows PostgreSQL: an archive can be read and verified without it.
  ["archive"],
  ["sql"],
  ["catalog"],
  ["ddl"],
  ["plan"],
  ["pg"],
  ["embedded"],
  ["dump", "restore"],
  // A restore over many connections, beside the database whose place it takes.
  ["swap"],
  // Compares the texts of an archive with those that a dump would write.
  ["verify"],
  ["diff", "pack", "merge", "plain", "undelete"],
  ["drill"],
  ["prove"],
  // What public functions are called with: above the functions whose options it describes.
  ["arguments"],
  ["testing"],
  ["nexushub"],
  ["api.ts", "s3.ts"],
  ["index.ts"],
  ["cli"],
];

/** A dependency, and the rooms whose code may import it. */
export interface PackageRule {
  readonly rooms: readonly string[];
  /** Rooms that may import its types; none when absent. */
  readonly typeRooms?: readonly string[];
  readonly reason: string;
}

const DRIVER = "only src/pg talks to the driver";

/** Every dependency of src has a rule: a new one is decided here. */
export const PACKAGES: Readonly<Record<string, PackageRule>> = {
  pg: { rooms: ["pg"], typeRooms: ["pg", "testing"], reason: DRIVER },
  "pg-protocol": { rooms: [], typeRooms: ["pg"], reason: DRIVER },
  "pg-copy-streams": { rooms: ["pg"], reason: DRIVER },
  "pg-query-stream": { rooms: ["pg"], reason: DRIVER },
  "tar-stream": { rooms: ["archive"], reason: "only src/archive knows tar" },
  "age-encryption": { rooms: ["archive"], reason: "only src/archive encrypts" },
  aws4fetch: { rooms: ["store"], reason: "only src/store signs requests" },
  undici: { rooms: ["store"], reason: "only src/store talks to object stores" },
  commander: { rooms: ["cli"], reason: "only src/cli parses arguments" },
  "smol-toml": { rooms: ["nexushub"], reason: "only src/nexushub/config reads TOML" },
  zod: {
    rooms: ["store", "archive", "pack", "nexushub", "arguments"],
    reason: "only readers of files, of other programs' output and of arguments validate with zod",
  },
};

export const ROOMS: readonly string[] = LAYERS.flat();

/** The position of a room's layer, 0 for the lowest. */
export function layerOf(room: string): number {
  return LAYERS.findIndex((rooms) => rooms.includes(room));
}

/** The rooms that `room` must not import: those above it, and the others of its layer. */
export function forbiddenRooms(room: string): readonly string[] {
  return LAYERS.slice(layerOf(room))
    .flat()
    .filter((other) => other !== room);
}
