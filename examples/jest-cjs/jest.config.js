// npx jest: no flag of Node, no Babel, no ES modules.
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/*.test.js"],
  transform: {},
  testTimeout: 60_000,
  globalSetup: "<rootDir>/global-setup.js",
  globalTeardown: "<rootDir>/global-teardown.js",
};
