import { readPolicyBundle } from "@longview/formats";
import { applyAssignment, readConfigurationFile, type Tree } from "../configuration/read-source.ts";
import { UsageError } from "../exit-codes.ts";
import { loadRun } from "../run/load-run.ts";

/** Where a simulation takes its environment from. */
export interface EnvironmentChoice {
  /** A run folder. */
  readonly run?: string;
  readonly environment?: string;
  /** The environment's options: a YAML or JSON file, or the map itself. */
  readonly options?: string;
  readonly set: readonly string[];
  readonly policy: readonly string[];
}

/** An environment's id and options, and the rows side by side where a run says so. */
export interface ChosenEnvironment {
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rows: number | undefined;
}

/**
 * The environment of `--run`, of `--environment`, or else that of the first policy that was trained in one; `--options`
 * and `--set` change its options.
 *
 * @throws {UsageError} where there is none, or two
 */
export async function chooseEnvironment(choice: EnvironmentChoice): Promise<ChosenEnvironment> {
  const { id, options, rows } = await baseOf(choice);
  const tree: Tree = { ...options };
  if (choice.options !== undefined) Object.assign(tree, readOptions(choice.options));
  for (const assignment of choice.set) applyAssignment(tree, assignment);
  return { id, options: tree, rows };
}

async function baseOf({ run, environment, policy }: EnvironmentChoice): Promise<ChosenEnvironment> {
  if (run !== undefined && environment !== undefined)
    throw new UsageError(`--environment: found ${environment} beside --run ${run}, allowed: one of the two`);
  if (environment !== undefined) return { id: environment, options: {}, rows: undefined };
  const trainedIn = policy
    .map((text) => /(?:^|=)(bundle|run):(.+)$/s.exec(text))
    .find((match) => match !== null);
  const folder = run ?? (trainedIn?.[1] === "run" ? trainedIn[2] : undefined);
  if (folder !== undefined) {
    const { configuration } = await loadRun(folder);
    const { id, ...options } = configuration.environment;
    return { id, options, rows: configuration.training.rowsPerShard };
  }
  if (trainedIn === undefined)
    throw new UsageError(
      "--environment: found nothing, allowed: an id (longview config --explain lists them), --run RUN, or a policy that was trained in one",
    );
  try {
    const { environment: own } = readPolicyBundle(trainedIn[2]!);
    return { id: own.id, options: own.options, rows: undefined };
  } catch (cause) {
    const [line] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new UsageError(`--policy bundle:${trainedIn[2]}: ${line}`);
  }
}

function readOptions(text: string): Tree {
  if (!text.trimStart().startsWith("{")) return readConfigurationFile(text);
  const tree: Tree = {};
  applyAssignment(tree, `options=${text}`);
  return Object.fromEntries(Object.entries(tree["options"] ?? {}));
}
