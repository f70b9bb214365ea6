// Tests that are ES modules; ../jest-cjs has them in CommonJS.
// NODE_OPTIONS=--experimental-vm-modules npx jest --config examples/jest/jest.config.mjs
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/*.test.mjs"],
  transform: {},
  testTimeout: 60_000,
  globalSetup: "<rootDir>/global-setup.mjs",
  globalTeardown: "<rootDir>/global-teardown.mjs",
};
