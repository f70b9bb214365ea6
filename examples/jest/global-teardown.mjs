export default async function teardown() {
  await globalThis.fixture.close();
}
