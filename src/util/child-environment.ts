/** The environment of programs that we start: what they need to run, and none of our secrets. */

/** Where programs, libraries, files and the clock's time zone are. */
const NEEDED = /^(?:PATH|HOME|USER|LOGNAME|TZ|TMPDIR|XDG_RUNTIME_DIR|SYSTEMROOT|(?:LD|DYLD)_\w+)$/i;
/** How the docker command reaches its engine, over SSH as well. */
const DOCKER = /^(?:DOCKER_\w+|SSH_AUTH_SOCK|(?:https?|no|all)_proxy)$/i;

/** Messages are in English. @param engine also what the docker command reads. */
export function childEnvironment(engine?: "docker"): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter(
    (name) => NEEDED.test(name) || (engine === "docker" && DOCKER.test(name)),
  );
  return { ...Object.fromEntries(names.map((name) => [name, process.env[name]])), LC_ALL: "C" };
}
