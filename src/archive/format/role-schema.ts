/** The schema of a role that an archive defines, as a part of the manifest's. Typed facts: no SQL of the archive makes roles. */
import { z } from "zod";
import { MAX_ENTRIES } from "../../limits.ts";
import { ROLE_ATTRIBUTES } from "./role-attributes.ts";

const name = z.string().min(1).max(4096);
const text = z.string().max(1024 * 1024);
/** `name=value`, as `pg_db_role_setting` stores it. */
const setting = text.regex(/^[^=]+=/);

export const roleSchema = z.strictObject({
  name,
  /** In the order of `ROLE_ATTRIBUTES`. */
  attributes: z.array(z.enum(ROLE_ATTRIBUTES)).max(ROLE_ATTRIBUTES.length),
  /** -1 for no limit. */
  connectionLimit: z.number().int().min(-1).max(2_147_483_647),
  /** A timestamp in UTC as PostgreSQL reads it, or `infinity`; null when the password does not expire. */
  validUntil: z.string().max(64).nullable(),
  /** The password as the server stores it, hashed; null without one, and unless passwords were asked for. */
  password: z
    .string()
    .max(64 * 1024)
    .nullable(),
  comment: text.nullable(),
  securityLabels: z.array(z.strictObject({ provider: name, label: text })).max(MAX_ENTRIES),
  /** Settings of its sessions in every database. */
  settings: z.array(setting).max(MAX_ENTRIES),
  /** Settings of its sessions in the dumped database. */
  databaseSettings: z.array(setting).max(MAX_ENTRIES),
  /** Privileges on configuration parameters. */
  parameters: z
    .array(
      z.strictObject({
        name,
        privilege: z.enum(["SET", "ALTER SYSTEM"]),
        grantable: z.boolean(),
      }),
    )
    .max(MAX_ENTRIES),
  /** Roles that it is a member of. */
  memberOf: z
    .array(
      z.strictObject({
        role: name,
        /** Null for the superuser that initdb made, and where the server does not keep it (before 16). */
        grantor: name.nullable(),
        admin: z.boolean(),
        /** Null where the server has no such option (before 16). */
        inherit: z.boolean().nullable(),
        set: z.boolean().nullable(),
      }),
    )
    .max(MAX_ENTRIES),
});
