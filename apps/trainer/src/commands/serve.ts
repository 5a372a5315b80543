import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { PolicyBundleError, readPublicKey } from "@longview/formats";
import { createPolicyServer, type PolicyServer, type PolicyToDeploy } from "@longview/server";
import { z } from "zod";
import { EXIT, UsageError } from "../exit-codes.ts";

/** The options of `longview serve`, as they were typed. */
export interface ServeCommandOptions {
  readonly host: string;
  readonly port: string;
  readonly log: string;
  readonly floor?: string;
  readonly canary: readonly string[];
  readonly shadow: readonly string[];
  readonly bundles?: string;
  readonly trust: readonly string[];
  readonly tokenFile?: string;
  readonly attributionSeconds: string;
  readonly rotateSeconds: string;
  readonly rotateMegabytes: string;
  readonly durability: string;
  readonly maxInFlight: string;
  readonly seed?: string;
  readonly verbose?: boolean;
}

const numberText = (allowed: string, accepts: (value: number) => boolean) =>
  z
    .string()
    .transform((text) => (text.trim() === "" ? Number.NaN : Number(text)))
    .refine(accepts, allowed);
const positive = (unit: string) =>
  numberText(`a number of ${unit} above 0`, (value) => value > 0 && value <= 1e8);

/** What each option allows; the message is what a wrong one is answered with. */
const settingsSchema = z.object({
  port: numberText(
    "a whole number from 0 (any free port) to 65535",
    (value) => Number.isInteger(value) && value >= 0 && value <= 65535,
  ),
  host: z.string().min(1, "an address of this machine, as 127.0.0.1 or 0.0.0.0"),
  log: z.string().min(1, "a folder"),
  floor: numberText("a share from 0 to below 1", (value) => value >= 0 && value < 1).optional(),
  attributionSeconds: positive("seconds"),
  rotateSeconds: positive("seconds"),
  rotateMegabytes: positive("megabytes"),
  durability: z.enum(["process", "disk"], "process or disk"),
  maxInFlight: numberText(
    "a whole number from 1 to 100000",
    (value) => Number.isInteger(value) && value >= 1 && value <= 100_000,
  ),
});
type Settings = z.infer<typeof settingsSchema>;

function settingsOf(options: ServeCommandOptions): Settings {
  const { data, error } = settingsSchema.safeParse(options);
  if (error === undefined) return data;
  throw new UsageError(
    error.issues.map(({ path: [name], message }) => {
      const option = String(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const found = Object.entries(options).find(([key]) => key === name)?.[1];
      return `--${option}: found ${JSON.stringify(found)}, allowed: ${message}`;
    }),
  );
}

/**
 * `longview serve BUNDLE`: serves policies until it is told to stop (SIGTERM or Ctrl-C), then ends what is in flight and
 * closes the log. Returns the exit code.
 */
export async function serveCommand(bundle: string, options: ServeCommandOptions): Promise<number> {
  const settings = settingsOf(options);
  const { host, port, log: logFolder } = settings;
  const policies = policiesOf(bundle, options, settings.floor);
  if (existsSync(logFolder) && !statSync(logFolder).isDirectory())
    throw new UsageError(`--log: ${logFolder} is a file, allowed: a folder`);
  const server = await usageErrors(() =>
    createPolicyServer({
      policies,
      logFolder,
      log: {
        attributionSeconds: settings.attributionSeconds,
        rotateSeconds: settings.rotateSeconds,
        rotateBytes: 1e6 * settings.rotateMegabytes,
        durability: settings.durability,
      },
      bundlesRoot: bundlesRootOf(options.bundles),
      trustedKeys: options.trust.length === 0 ? undefined : options.trust.map(readPublicKey),
      token: tokenOf(options.tokenFile),
      seed: options.seed,
      limits: { inFlight: settings.maxInFlight },
      logTo: process.stderr,
      logLevel: options.verbose === true ? "debug" : "info",
    }),
  );
  const stopped = untilTold();
  const bound = await server.start({ host, port }).catch(async (cause: unknown) => {
    await server.stop();
    throw listenProblem(cause, host, port);
  });
  tell(server, { host, port: bound, logFolder, control: tokenOf(options.tokenFile) !== undefined });
  await stopped;
  process.stderr.write("longview: stopping: ending what is in flight and closing the log …\n");
  await server.stop();
  return EXIT.done;
}

function tell(
  server: PolicyServer,
  { host, port, logFolder, control }: { host: string; port: number; logFolder: string; control: boolean },
): void {
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const live = server
    .policies()
    .map(({ name, policyId, mode, share }) =>
      mode === "shadow" ? `${name} ${policyId} (shadow)` : `${name} ${policyId} (${100 * share} %)`,
    );
  process.stdout.write(
    [
      `serving ${live.join(", ")} on ${address}`,
      `  page ${address}/   documentation ${address}/docs   log ${logFolder}`,
      control
        ? "  control calls need the token"
        : "  control calls are off; --token-file FILE or LONGVIEW_TOKEN turns them on",
      "",
    ].join("\n"),
  );
}

/** Resolves at the first SIGTERM or Ctrl-C; a second one ends the process at once. */
function untilTold(): Promise<void> {
  return new Promise((told) => {
    let first = 0n;
    const listener = (): void => {
      const now = process.hrtime.bigint();
      // A terminal's Ctrl-C reaches this process twice when npm started it.
      if (first !== 0n && now - first > 1_000_000_000n) process.exit(EXIT.interrupted);
      if (first === 0n) first = now;
      told();
    };
    process.on("SIGTERM", listener);
    process.on("SIGINT", listener);
  });
}

/** Errors that speak of a bundle, a key or the log are the caller's to mend. */
async function usageErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if (cause instanceof PolicyBundleError || cause instanceof RangeError)
      throw new UsageError(cause.message);
    if (cause instanceof Error && "code" in cause && typeof cause.code === "string" && "syscall" in cause)
      throw new UsageError(`--log: cannot be written (${cause.code}); choose another folder`);
    throw cause;
  }
}

function listenProblem(cause: unknown, host: string, port: number): unknown {
  if (!(cause instanceof Error && "code" in cause)) return cause;
  switch (cause.code) {
    case "EADDRINUSE":
      return new UsageError(`--port: ${port} on ${host} is taken; choose another, or 0 for any free one`);
    case "EACCES":
      return new UsageError(`--port: ${port} may not be used by this user; choose one above 1023`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new UsageError(`--host: found ${JSON.stringify(host)}, allowed: an address of this machine`);
    default:
      return cause;
  }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** The name of the policy that gets what the canaries leave. */
const MAIN = "main";

function policiesOf(
  bundle: string,
  options: ServeCommandOptions,
  propensityFloor: number | undefined,
): PolicyToDeploy[] {
  const canaries = options.canary.map((text) => {
    const { name, rest } = named("--canary", text, "NAME=DIR:SHARE, as next=bundles/next:0.05");
    const at = rest.lastIndexOf(":");
    const share = at < 1 || at === rest.length - 1 ? Number.NaN : Number(rest.slice(at + 1));
    if (!(share > 0 && share < 1))
      throw new UsageError(
        `--canary: found ${JSON.stringify(text)}, allowed: NAME=DIR:SHARE with a share between 0 and 1`,
      );
    return {
      name,
      folder: folderOf("--canary", rest.slice(0, at)),
      mode: "serve" as const,
      share,
      propensityFloor,
    };
  });
  const shadows = options.shadow.map((text) => {
    const { name, rest } = named("--shadow", text, "NAME=DIR, as next=bundles/next");
    return { name, folder: folderOf("--shadow", rest), mode: "shadow" as const, share: 0, propensityFloor };
  });
  const left = 1 - canaries.reduce((sum, { share }) => sum + share, 0);
  if (!(left > 1e-9))
    throw new UsageError("--canary: the shares leave nothing to the main policy, allowed: a sum below 1");
  const main = {
    name: MAIN,
    folder: folderOf("bundle", bundle),
    mode: "serve" as const,
    share: left,
    propensityFloor,
  };
  const all = [main, ...canaries, ...shadows];
  const twice = all.find(({ name }, i) => all.findIndex((each) => each.name === name) !== i);
  if (twice !== undefined)
    throw new UsageError(`--canary, --shadow: two policies are called ${twice.name}; give each its own name`);
  return all;
}

function named(option: string, text: string, allowed: string): { name: string; rest: string } {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(0, at));
  if (at < 1 || at === text.length - 1 || !NAME.test(name))
    throw new UsageError(`${option}: found ${JSON.stringify(text)}, allowed: ${allowed}`);
  return { name, rest: text.slice(at + 1) };
}

function folderOf(option: string, folder: string): string {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UsageError(
      `${option}: ${folder}: no such folder, allowed: a policy bundle (longview export writes one)`,
    );
  return resolve(folder);
}

function bundlesRootOf(root: string | undefined): string | undefined {
  if (root === undefined) return undefined;
  if (!existsSync(root) || !statSync(root).isDirectory())
    throw new UsageError(`--bundles: ${root}: no such folder, allowed: a folder that holds policy bundles`);
  return resolve(root);
}

function tokenOf(file: string | undefined): string | undefined {
  const source = file === undefined ? "LONGVIEW_TOKEN" : `--token-file: ${file}`;
  let text = process.env["LONGVIEW_TOKEN"];
  if (file !== undefined) {
    try {
      text = readFileSync(file, "utf8");
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
      throw new UsageError(`--token-file: ${file} cannot be read (${code})`);
    }
  }
  if (text === undefined) return undefined;
  const token = text.trim();
  if (!/^[!-~]{8,1024}$/.test(token))
    throw new UsageError(`${source}: allowed: one line of 8 to 1024 visible ASCII characters without spaces`);
  return token;
}
