/** What is compared of an object. Types only. */
import type { ManifestObject } from "../archive/format/manifest.ts";
import type { ComparedRole } from "./roles.ts";

export type ComparedObject =
  | Pick<ManifestObject, "kind" | "namespace" | "name" | "statements">
  | ComparedRole;
