// Holds the template for the whole run, so that it is made once and not once a file.
const { openFixture } = require("nexushub-dump/testing");

module.exports = async function setup() {
  globalThis.fixture = await openFixture({
    server: process.env.DATABASE_URL,
    archive: process.env.ARCHIVE,
  });
};
