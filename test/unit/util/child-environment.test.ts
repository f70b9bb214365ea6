import { afterEach, expect, test, vi } from "vitest";
import { childEnvironment } from "../../../src/util/child-environment.ts";

afterEach(() => vi.unstubAllEnvs());

test.each(["DATABASE_URL", "PEER_KEY_ENCRYPTION_KEY", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "X"])(
  "%s stays with us",
  (name) => {
    vi.stubEnv(name, "s3cret");
    expect(childEnvironment()).not.toHaveProperty(name);
    expect(childEnvironment("docker")).not.toHaveProperty(name);
  },
);

test("programs find what they need, and speak English", () => {
  vi.stubEnv("LD_LIBRARY_PATH", "/opt/lib");
  vi.stubEnv("DOCKER_HOST", "ssh://host");
  vi.stubEnv("LC_ALL", "de_DE.UTF-8");
  const expected = { PATH: process.env["PATH"], LD_LIBRARY_PATH: "/opt/lib", LC_ALL: "C" };
  expect(childEnvironment()).toMatchObject(expected);
  expect(childEnvironment()).not.toHaveProperty("DOCKER_HOST");
  expect(childEnvironment("docker")).toMatchObject({ ...expected, DOCKER_HOST: "ssh://host" });
});
