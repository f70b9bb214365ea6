module.exports = async function teardown() {
  await globalThis.fixture.close();
};
