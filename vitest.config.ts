import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** A round trip takes minutes. Started last, one of them would run alone in the end, with a worker idle. */
class RoundTripsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      moduleId.includes("/roundtrip/postgres-");
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Tests that need no server and no built program, and are quick. */
const UNIT = ["test/unit/**/*.test.ts"];
/** Checks of the code itself, which parse all of it. */
const STRUCTURE = ["test/structure/**/*.test.ts"];
const PACKAGE = ["test/package/**/*.test.ts"];
/** Tests on a real object store, which `npm run test:s3` sets up. */
const S3 = ["test/s3/**/*.test.ts"];
const hasS3 = process.env["NEXUSHUB_DUMP_S3"] !== undefined;

export default defineConfig({
  test: {
    sequence: { sequencer: RoundTripsFirst },
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: UNIT, pool: "forks", isolate: false, testTimeout: 60_000 },
      },
      { extends: true, test: { name: "structure", include: STRUCTURE, testTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: "server",
          include: ["test/**/*.test.ts"],
          exclude: [...UNIT, ...STRUCTURE, ...PACKAGE, ...S3],
          globalSetup: "test/support/global-setup.ts",
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "s3",
          include: hasS3 ? S3 : [],
          globalSetup: ["test/support/global-setup.ts", "test/support/s3/global-setup.ts"],
          pool: "forks",
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: { name: "package", include: PACKAGE, testTimeout: 60_000, hookTimeout: 180_000 },
      },
    ],
  },
});
