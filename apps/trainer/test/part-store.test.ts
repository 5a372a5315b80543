import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readJson } from "../src/run/read-json.ts";
import { evaluationPartSchema } from "../src/evaluation/part-schema.ts";

test("a part of a comparison is read only when it is whole and of its schema", () => {
  const folder = mkdtempSync(join(tmpdir(), "part-"));
  const path = join(folder, "part.json");
  const read = (text: string): unknown => {
    writeFileSync(path, text);
    return readJson(path, evaluationPartSchema);
  };
  const units = {
    kind: "units",
    units: [{ value: 1, undiscountedValue: 2, objectives: { a: 1 }, costs: {}, daily: { s: [1] } }],
  };
  const tuning = { kind: "tuning", tuning: { weights: { quality: 0.5 }, score: 3 } };
  for (const part of [units, tuning]) {
    const text = JSON.stringify(part);
    expect(read(text)).toEqual(part);
    expect(read(text.slice(0, -1))).toBeUndefined();
  }
  for (const text of ["", "{}", "null", '{"kind":"units","units":[{}]}']) expect(read(text)).toBeUndefined();
  rmSync(folder, { recursive: true });
});
