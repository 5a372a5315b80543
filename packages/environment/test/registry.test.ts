import { expect, test } from "vitest";
import * as z from "zod";
import {
  defineEnvironment,
  registerEnvironments,
  parseEnvironmentOptions,
  findEnvironment,
  type VectorEnvironment,
} from "../src/index.ts";

const options = z.strictObject({
  speed: z.number().min(0).default(1),
  nested: z.strictObject({ deep: z.int() }).optional(),
});
const definition = defineEnvironment({
  id: "test/Nothing-v1",
  summary: "for tests of the registry",
  optionsSchema: options,
  make(): VectorEnvironment {
    throw new Error("not made here");
  },
});

test("the same definition may be registered twice, another one under its id may not", () => {
  registerEnvironments([definition]);
  registerEnvironments([definition]);
  const other = defineEnvironment({ ...definition, make: () => definition.make({ speed: 1 }, 1) });
  expect(() => registerEnvironments([other])).toThrow(/taken by another definition/);
  expect(() => registerEnvironments([{ ...definition, id: "noversion" }])).toThrow(/must look like name-v0/);
  expect(findEnvironment("test/Nothing-v1")).toBe(definition);
});

test("an unknown id names the nearest known one, and an unknown version the known versions", () => {
  registerEnvironments([definition]);
  expect(() => findEnvironment("test/nothng-v1")).toThrow(
    'unknown environment "test/nothng-v1"; did you mean test/Nothing-v1?',
  );
  expect(() => findEnvironment("test/Nothing-v7")).toThrow("its versions are test/Nothing-v1");
  expect(() => findEnvironment("zzzzzzzzzzzzzzzzzz")).toThrow(/known: .*test\/Nothing-v1/);
});

test("options are checked with the path of each wrong key, and defaults are filled in", () => {
  registerEnvironments([definition]);
  expect(parseEnvironmentOptions("test/Nothing-v1", {})).toEqual({ speed: 1 });
  expect(() => parseEnvironmentOptions("test/Nothing-v1", { sped: 2 })).toThrow(
    "options.sped: no such option, did you mean speed?",
  );
  expect(() => parseEnvironmentOptions("test/Nothing-v1", { speed: -1, nested: { deep: 0.5 } })).toThrow(
    /options\.speed: .*options\.nested\.deep: /,
  );
});
