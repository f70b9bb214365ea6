/** Errors of several copies of the package, and of several global objects. */
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { expectedError, isError, NexushubDumpError, RowConflictError } from "../../src/errors.ts";

test("instanceof compares errors of two copies by class, and of what others derive as usual", async () => {
  vi.resetModules();
  const other = await import("../../src/errors.ts");
  const error: unknown = new other.RowConflictError("rows are in the way", ["public.a"]);
  expect(other.RowConflictError).not.toBe(RowConflictError);
  expect(error).toBeInstanceOf(RowConflictError);
  expect(error).toBeInstanceOf(NexushubDumpError);
  const { ArchiveError, RefusedError } = await import("../../src/errors.ts");
  expect(new RowConflictError("the same", [])).toBeInstanceOf(RefusedError);
  expect(new RowConflictError("the same", [])).not.toBeInstanceOf(ArchiveError);

  class Derived extends RowConflictError {
    static override readonly name = "RowConflictError";
  }
  expect(error).not.toBeInstanceOf(Derived);
  expect(new Derived("mine", [])).toBeInstanceOf(other.RowConflictError);
  expect(new Error("rows are in the way")).not.toBeInstanceOf(NexushubDumpError);
  expect(null).not.toBeInstanceOf(NexushubDumpError);
});

test("errors of another global object, as Node's own are in jest, are errors", () => {
  const foreign: unknown = runInNewContext("new TypeError('of another context')");
  expect(foreign).not.toBeInstanceOf(Error);
  expect(isError(foreign)).toBe(true);
  expect(expectedError(foreign)).toMatchObject({ code: "INTERNAL", cause: foreign });
  const syntax: unknown = runInNewContext("new SyntaxError('secret text')");
  expect(expectedError(syntax)).toMatchObject({ code: "INTERNAL" });
  // It quotes the text that could not be read.
  expect(expectedError(syntax)).not.toHaveProperty("cause");
  const plain: unknown = runInNewContext("new Error('of the caller')");
  expect(expectedError(plain)).toBe(plain);
});
