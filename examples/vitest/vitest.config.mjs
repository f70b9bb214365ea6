// npx vitest run --config examples/vitest/vitest.config.mjs
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["*.test.mjs"],
    globalSetup: "global-setup.mjs",
    maxWorkers: 4,
    // Milliseconds are the rule; a machine that does much else at once may need longer.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
