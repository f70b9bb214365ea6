import { describe, expect, test } from "vitest";
import type {
  ComposeFacts,
  ContainerFacts,
  DeploymentFacts,
} from "../../../../src/nexushub/deployment/facts.ts";
import { decideDeployment } from "../../../../src/nexushub/deployment/decide.ts";
import type { Deployment } from "../../../../src/nexushub/deployment/deployment.ts";
import { readInspection } from "../../../../src/nexushub/deployment/engine.ts";

const NO_ENV_FILE = { path: "/etc/nexushub/env", text: null, problem: "does not exist" };
const nothing: DeploymentFacts = { env: {}, compose: [], envFile: NO_ENV_FILE };

const container: ContainerFacts = {
  id: "0123456789abcdef",
  name: "docker-postgres-1",
  status: "running",
  env: { POSTGRES_USER: "nexushub", POSTGRES_PASSWORD: "s3cret-db", POSTGRES_DB: "nexushub" },
  addresses: ["172.18.0.2"],
  published: [],
};
const compose: ComposeFacts = {
  path: "/opt/nexushub/docker/docker-compose.prod.yml",
  exists: true,
  container,
  problem: null,
  apiEnv: null,
  envFile: {
    path: "/opt/nexushub/docker/.env",
    text: "PEER_KEY_ENCRYPTION_KEY=s3cret-key= # keep\n",
    problem: null,
  },
};
const bareMetal = {
  path: "/etc/nexushub/env",
  text: "DATABASE_URL='postgres://nexushub:s3cret-db@localhost/nexushub'\nPEER_KEY_ENCRYPTION_KEY=s3cret-key=\nWG_ENDPOINT=vpn.example:51820\n",
  problem: null,
};

function decide(facts: Partial<DeploymentFacts>): Deployment {
  const deployment = decideDeployment({ ...nothing, ...facts });
  if (deployment.shape === null)
    throw new Error(`nothing detected: ${deployment.checked.join("; ")}`);
  return deployment;
}
const checkedSources = (facts: Partial<DeploymentFacts>) => {
  const deployment = decideDeployment({ ...nothing, ...facts });
  return deployment.shape === null ? deployment.checked.join("\n") : `detected ${deployment.shape}`;
};
const kinds = ({ routes }: Deployment) => routes.map(({ kind, name }) => `${kind}: ${name}`);

describe("decideDeployment", () => {
  test("takes the first that fits: URL given, DATABASE_URL, PG* variables, compose, env file", () => {
    const all = {
      databaseUrl: "postgres://given",
      env: { DATABASE_URL: "postgres://variable", PGHOST: "db" },
      compose: [compose],
      envFile: bareMetal,
    };
    expect(decide(all)).toMatchObject({
      routes: [{ name: "the connection string given" }],
      why: [],
    });
    expect(decide({ ...all, databaseUrl: undefined }).why).toEqual([
      "uses DATABASE_URL in the environment",
    ]);
    expect(decide({ ...all, databaseUrl: undefined, env: { PGHOST: "db" } }).why).toEqual([
      "uses PGHOST in the environment",
    ]);
    expect(decide({ compose: [compose], envFile: bareMetal }).shape).toBe("compose");
    expect(decide({ envFile: bareMetal }).shape).toBe("bare-metal");
    // A login without a server says nothing of where the database is.
    expect(decide({ env: { PGUSER: "x", PGPASSWORD: "y" }, envFile: bareMetal }).shape).toBe(
      "bare-metal",
    );
  });

  test("a file that was named is the only one considered", () => {
    const env = { DATABASE_URL: "postgres://variable" };
    expect(decide({ env, only: "env-file", envFile: bareMetal }).shape).toBe("bare-metal");
    expect(decide({ env, only: "compose", compose: [compose] }).shape).toBe("compose");
    expect(checkedSources({ env, only: "compose", envFile: bareMetal })).toBe("");
  });

  test("reaches a container by its published port, then its address, then exec", () => {
    const published = { ...container, published: [{ host: "127.0.0.1", port: 15432 }] };
    expect(kinds(decide({ compose: [{ ...compose, container: published }] }))).toEqual([
      "published-port: published port 127.0.0.1:15432",
      "container-address: container address 172.18.0.2:5432",
      "exec: byte stream over docker exec docker-postgres-1",
    ]);
    expect(kinds(decide({ compose: [compose] }))).toHaveLength(2);
  });

  test("takes login and port from the container's environment, with the image's defaults", () => {
    const route = (env: Record<string, string>) =>
      decide({ compose: [{ ...compose, container: { ...container, env } }] }).routes[0];
    expect(route({ POSTGRES_USER: "u", POSTGRES_PASSWORD: "p/@:", PGPORT: "6000" })).toMatchObject({
      port: 6000,
      login: { user: "u", database: "u", password: "p/@:" },
    });
    expect(route({})).toMatchObject({
      port: 5432,
      login: { user: "postgres", database: "postgres", password: undefined },
    });
    expect(route({ PGPORT: "nonsense" })).toMatchObject({ port: 5432 });
  });

  test("finds the key in the environment, then the API's container, then the file", () => {
    const apiEnv = { PEER_KEY_ENCRYPTION_KEY: "from-api" };
    expect(decide({ compose: [compose] }).key).toEqual({
      value: "s3cret-key=",
      from: "PEER_KEY_ENCRYPTION_KEY in /opt/nexushub/docker/.env",
    });
    expect(decide({ compose: [{ ...compose, apiEnv }] }).key).toEqual({
      value: "from-api",
      from: "PEER_KEY_ENCRYPTION_KEY in the container of service api",
    });
    const env = { PEER_KEY_ENCRYPTION_KEY: "from-env" };
    expect(decide({ env, compose: [{ ...compose, apiEnv }] }).key?.value).toBe("from-env");
    expect(decide({ databaseUrl: "postgres://x" }).key).toBeNull();
    expect(
      decide({ databaseUrl: "postgres://x", only: "env-file", envFile: bareMetal }).key?.value,
    ).toBe("s3cret-key=");
    expect(decide({ envFile: bareMetal }).wgEndpoint).toBe("vpn.example:51820");
  });

  test("falls through a stack that does not run to the env file", () => {
    const exited = { ...compose, container: { ...container, status: "exited" } };
    expect(decide({ compose: [exited], envFile: bareMetal }).shape).toBe("bare-metal");
  });

  test("lists every source that it checked and why it did not apply", () => {
    const exited = { ...compose, container: { ...container, status: "exited" } };
    const missing = { ...compose, path: "/srv/x.yml", exists: false, container: null };
    const denied = { ...compose, container: null, problem: "docker: permission denied" };
    const text = checkedSources({
      compose: [missing, exited, denied],
      envFile: { path: "/etc/nexushub/env", text: null, problem: "permission denied" },
    });
    expect(text.split("\n")).toEqual([
      "DATABASE_URL in the environment: not set",
      "PGHOST, PGHOSTADDR, PGSERVICE, PGDATABASE in the environment: not set",
      "/srv/x.yml: does not exist",
      "/opt/nexushub/docker/docker-compose.prod.yml: its service postgres is exited, not running",
      "/opt/nexushub/docker/docker-compose.prod.yml: docker: permission denied",
      "/etc/nexushub/env: permission denied",
    ]);
    expect(checkedSources({ envFile: { ...bareMetal, text: "PORT=8080\n" } })).toContain(
      "does not set DATABASE_URL",
    );
  });

  test("names a stack whose database container does not run, unless another source applies", () => {
    const exited = { ...compose, container: { ...container, status: "exited" } };
    expect(decideDeployment({ ...nothing, compose: [exited] })).toMatchObject({
      shape: null,
      stopped: { composeFile: compose.path, status: "exited" },
    });
    expect(decideDeployment(nothing)).toMatchObject({ shape: null, stopped: null });
    expect(decide({ compose: [exited], envFile: bareMetal }).shape).toBe("bare-metal");
  });

  test("says nothing secret", () => {
    for (const facts of [
      { compose: [compose] },
      { envFile: bareMetal },
      { databaseUrl: "postgres://u:s3cret@h/d" },
    ]) {
      const { why, notes, routes, key } = decide(facts);
      expect(JSON.stringify([why, notes, routes.map(({ name }) => name), key?.from])).not.toContain(
        "s3cret",
      );
    }
  });
});

describe("readInspection", () => {
  const inspect = (settings: object, env: string[] | null = ["A=b=c", "EMPTY="]) =>
    readInspection(
      JSON.stringify([
        {
          Id: "abc",
          Name: "/docker_postgres_1",
          State: { Status: "running" },
          Config: { Env: env },
          NetworkSettings: settings,
        },
      ]),
    );

  test("reads names, environment and addresses as the engine gives them", () => {
    const found = inspect({
      Ports: { "5432/tcp": null },
      Networks: { a: { IPAddress: "172.18.0.2" }, b: { IPAddress: "" } },
    });
    expect(found).toEqual({
      id: "abc",
      name: "docker_postgres_1",
      status: "running",
      env: { A: "b=c", EMPTY: "" },
      addresses: ["172.18.0.2"],
      published: [],
    });
    expect(inspect({}, null)).toMatchObject({ env: {}, addresses: [], published: [] });
  });

  test("reaches a port published everywhere over loopback, once", () => {
    const everywhere = [
      { HostIp: "0.0.0.0", HostPort: "15432" },
      { HostIp: "::", HostPort: "15432" },
    ];
    expect(inspect({ Ports: { "5432/tcp": everywhere } }).published).toEqual([
      { host: "127.0.0.1", port: 15432 },
    ]);
    const one = [{ HostIp: "10.0.0.5", HostPort: "6000" }];
    expect(inspect({ Ports: { "5432/tcp": one } }).published).toEqual([
      { host: "10.0.0.5", port: 6000 },
    ]);
    expect(inspect({ Ports: { "6000/tcp": one } }, ["PGPORT=6000"]).published).toHaveLength(1);
  });
});
