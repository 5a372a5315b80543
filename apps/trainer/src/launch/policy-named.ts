import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@longview/formats";
import {
  columnPolicy,
  loggingPolicy,
  parseCandidateTable,
  tablePolicy,
  uniformPolicy,
  type LoggedPolicy,
} from "@longview/off-policy-evaluation";
import { UsageError } from "../exit-codes.ts";

/** How a policy can be named on the command line, for help and messages. */
export const POLICY_FORMS = "uniform, logged, bundle:DIR, column:NAME, table:CSV";

/**
 * The policy that a person named.
 *
 * @param option - for messages, as `--candidate`
 * @throws {UsageError} one line, for a name of no kind, or a file that is not there
 */
export async function policyNamed(option: string, name: string): Promise<LoggedPolicy> {
  const at = name.indexOf(":");
  const kind = at < 0 ? name : name.slice(0, at);
  const rest = at < 0 ? "" : name.slice(at + 1);
  if (name === "uniform") return uniformPolicy();
  if (name === "logged") return loggingPolicy();
  if (kind === "column" && rest !== "") return columnPolicy(rest);
  if (kind === "table" && rest !== "") {
    if (!existsSync(rest) || !statSync(rest).isFile())
      throw new UsageError(
        `${option}: ${rest}: there is no such file; a CSV with item_id, position, probability is needed`,
      );
    const text = readFileSync(rest, "utf8");
    return tablePolicy(parseCandidateTable(text, rest), name, sha256(text));
  }
  const folder = kind === "bundle" ? rest : existsSync(join(name, "manifest.json")) ? name : "";
  if (folder !== "") {
    const { bundlePolicy } = await import("./bundle-policy.ts");
    return bundlePolicy(folder);
  }
  throw new UsageError(`${option}: found ${JSON.stringify(name)}, allowed: ${POLICY_FORMS}`);
}
