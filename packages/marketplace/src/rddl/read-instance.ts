import { readFileSync } from "node:fs";
import type { RddlInstance } from "./instance.ts";

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/**
 * Reads a RDDL instance of the domain `recsim_ecosystem_welfare`: the blocks `objects`, `non-fluents`, and `horizon`. The
 * order of providers is that of `objects`; one named `pn` is the domain's dummy and left out. Defaults of the domain:
 * affinity and competence 0, discount 0.5, `MAX-AFFINITY` 10, horizon 40.
 *
 * @throws RangeError naming the object or fluent that is missing, unknown or no number
 */
export function parseInstance(text: string): RddlInstance {
  const source = text.replaceAll(/\/\/[^\n]*/g, "");
  const objects = (type: string): string[] => {
    const found = new RegExp(`\\b${type}\\s*:\\s*\\{([^}]*)\\}`).exec(source);
    const names =
      found?.[1]!
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "") ?? [];
    if (names.length === 0) throw new RangeError(`RDDL instance: objects has no ${type}`);
    return names;
  };
  const features = objects("feature");
  const consumers = objects("consumer");
  const providers = objects("provider").filter((name) => name !== "pn");
  const items = objects("item");
  const indexed = (names: readonly string[]) => new Map(names.map((name, i) => [name, i]));
  const places = { feature: indexed(features), consumer: indexed(consumers), provider: indexed(providers) };
  const affinities = consumers.map(() => features.map(() => 0));
  const competences = providers.map(() => features.map(() => 0));
  const discounts = providers.map(() => 0.5);
  let maximumAffinity = 10;
  const read = (fluent: string, value: string): number => {
    if (!NUMBER.test(value)) throw new RangeError(`RDDL instance: ${fluent} must be a number, got ${value}`);
    return Number(value);
  };
  const place = (type: keyof typeof places, name: string, fluent: string): number => {
    const index = places[type].get(name);
    if (index === undefined)
      throw new RangeError(`RDDL instance: ${fluent} names an unknown ${type}, ${name}`);
    return index;
  };
  for (const [, name, list, value] of source.matchAll(/([A-Z][A-Z_-]*)(?:\(([^)]*)\))?\s*=\s*([^;]+);/g)) {
    const parameters = list?.split(",").map((parameter) => parameter.trim()) ?? [];
    const fluent = list === undefined ? name! : `${name}(${parameters.join(", ")})`;
    const number = () => read(fluent, value!.trim());
    const [first = "", second = ""] = parameters;
    if (name === "CONSUMER-AFFINITY")
      affinities[place("consumer", first, fluent)]![place("feature", second, fluent)] = number();
    else if (name === "PROVIDER-COMPETENCE" && first !== "pn")
      competences[place("provider", first, fluent)]![place("feature", second, fluent)] = number();
    else if (name === "PROVIDER-DISCOUNT" && first !== "pn")
      discounts[place("provider", first, fluent)] = number();
    else if (name === "MAX-AFFINITY") maximumAffinity = number();
  }
  const horizon = Number(/\bhorizon\s*=\s*(\d+)\s*;/.exec(source)?.[1] ?? 40);
  return { affinities, competences, discounts, items: items.length, maximumAffinity, horizon };
}

/**
 * Reads the file of a RDDL instance.
 *
 * @throws RangeError when the file cannot be read, or what {@link parseInstance} throws
 */
export function readInstance(file: string): RddlInstance {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new RangeError(`RDDL instance: cannot read ${file}`, { cause });
  }
  return parseInstance(text);
}
