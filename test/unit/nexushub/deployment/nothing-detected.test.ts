/** A host without a NexusHub database that answers: what is stopped is what the operator meant. */
import { expect, test } from "vitest";
import { nothingDetected } from "../../../../src/nexushub/deployment/nothing-detected.ts";

const checked = ["DATABASE_URL in the environment: not set", "/etc/nexushub/env: does not exist"];

test("a stopped stack is what is said, and how to start it", () => {
  const composeFile = "/opt/nexushub/docker/docker-compose.prod.yml";
  const stopped = { composeFile, status: "exited" };
  const error = nothingDetected({ shape: null, checked, stopped });
  expect(error).toMatchObject({
    code: "CONNECTION",
    isRefusal: false,
    message: "NexusHub's database container is not running: it is exited",
    object: composeFile,
    hint: expect.stringMatching(
      /^start it \(docker compose -f \/opt\/nexushub\/docker\/docker-compose\.prod\.yml up -d\)/,
    ),
  });
  expect(error.hint!.length).toBeLessThan(200);
});

test("otherwise the hint lists what was looked at", () => {
  expect(nothingDetected({ shape: null, checked, stopped: null })).toMatchObject({
    message: "no NexusHub database was found on this host",
    hint: "checked: DATABASE_URL in the environment: not set; /etc/nexushub/env: does not exist. Pass --database-url, --env-file or --compose-file",
  });
});
