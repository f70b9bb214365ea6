/** Texts of any code points. */
import fc from "fast-check";

const SURROGATES = 0x800;

/**
 * One character, from 0 to the last code point and without halves of pairs; ASCII about half the time. fast-check's own
 * unit `binary` is the same, and takes seconds to make in every process.
 */
const codePoint = fc
  .oneof(fc.nat(0x7f), fc.nat(0x10ffff - SURROGATES))
  .map((n) => String.fromCodePoint(n < 0xd800 ? n : n + SURROGATES));

/** As `fc.string`, of any characters that UTF-8 can say, 0 included. */
export const anyText = (
  constraints: Omit<fc.StringConstraints, "unit"> = {},
): fc.Arbitrary<string> => fc.string({ ...constraints, unit: codePoint });
