/** Puts the parameter tables into docs: node --import tsx packages/marketplace/scripts/write-parameter-table.ts */
import { readFileSync, writeFileSync } from "node:fs";
import { parameterTable, wholeParameterTable } from "./parameter-table.ts";

for (const [page, table] of [
  ["marketplace.md", parameterTable()],
  ["content-v1.md", wholeParameterTable()],
] as const) {
  const path = new URL(`../../../docs/${page}`, import.meta.url);
  const text = readFileSync(path, "utf8");
  writeFileSync(
    path,
    text.replace(
      /<!-- parameters -->[\s\S]*<!-- end of parameters -->/,
      () => `<!-- parameters -->\n\n${table}\n\n<!-- end of parameters -->`,
    ),
  );
}
