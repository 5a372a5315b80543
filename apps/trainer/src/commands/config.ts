import { z } from "zod";
import { findEnvironment, listEnvironments } from "@longview/environment";
import { explainKeys, explainTable } from "../configuration/explain.ts";
import { registerEnvironmentsOf } from "../configuration/load.ts";
import { nearest } from "../configuration/nearest.ts";
import { runConfiguration } from "../configuration/schema.ts";
import { EXIT, UsageError } from "../exit-codes.ts";

/** The options of `longview config`. */
export interface ConfigCommandOptions {
  readonly schema?: boolean;
  readonly explain?: boolean;
  readonly environment?: string;
  readonly json?: boolean;
}

/** `longview config`: the configuration's schema, or a table of every key. Returns the exit code. */
export async function configCommand(options: ConfigCommandOptions): Promise<number> {
  await registerEnvironmentsOf("marketplace/");
  const known = listEnvironments();
  const { environment } = options;
  if (environment !== undefined && !known.some(({ id }) => id === environment)) {
    const ids = known.map(({ id }) => id);
    const near = nearest(environment, ids);
    throw new UsageError(
      `--environment: found ${JSON.stringify(environment)}, allowed: one of ${ids.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  const optionsOf = environment === undefined ? undefined : findEnvironment(environment).optionsSchema;
  if (options.schema === true) {
    const schema = optionsOf ?? runConfiguration;
    process.stdout.write(
      `${JSON.stringify(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), null, 2)}\n`,
    );
    return EXIT.done;
  }
  if (options.explain !== true)
    throw new UsageError(
      "config: found neither, allowed: --schema (JSON Schema) or --explain (a table of every key)",
    );
  const rows =
    optionsOf === undefined ? explainKeys(runConfiguration) : explainKeys(optionsOf, "environment");
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return EXIT.done;
  }
  process.stdout.write(explainTable(rows));
  if (environment === undefined) {
    const width = Math.max(...known.map(({ id }) => id.length));
    process.stdout.write(
      `\nEnvironments (options of one: longview config --explain --environment ID)\n${known.map(({ id, summary }) => `  ${id.padEnd(width)}  ${summary}`).join("\n")}\n`,
    );
  }
  return EXIT.done;
}
