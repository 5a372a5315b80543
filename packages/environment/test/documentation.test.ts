import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the examples of docs/environments.md run, and the one it adds conforms", { timeout: 30_000 }, () => {
  const page = readFileSync(new URL("../../../docs/environments.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
  expect(blocks.length).toBe(3);
  const code = blocks
    .join("\n")
    .replaceAll(/import \{[^}]*\} from "@longview\/environment";/g, "")
    .replace('import * as z from "zod";', "");
  const head = `import * as z from "zod";
import { box, checkEnvironment, defineEnvironment, discrete, makeEnvironment, makeVectorEnvironment, registerEnvironments, RowEnvironment } from "../src/index.ts";
`;
  // Inside the package, so that its imports resolve.
  const folder = mkdtempSync(fileURLToPath(new URL("../.documentation-", import.meta.url)));
  try {
    writeFileSync(`${folder}/example.ts`, `${head}${code}\nprocess.stdout.write("conforms");\n`);
    const out = execFileSync(process.execPath, ["--import", "tsx", `${folder}/example.ts`], {
      encoding: "utf8",
    });
    expect(out).toBe("conforms");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
