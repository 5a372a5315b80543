/** Puts the parameter table into docs/marketplace.md: node --import tsx packages/marketplace/scripts/write-parameter-table.ts */
import { readFileSync, writeFileSync } from "node:fs";
import { parameterTable } from "./parameter-table.ts";

const path = new URL("../../../docs/marketplace.md", import.meta.url);
const text = readFileSync(path, "utf8");
writeFileSync(
  path,
  text.replace(
    /<!-- parameters -->[\s\S]*<!-- end of parameters -->/,
    () => `<!-- parameters -->\n\n${parameterTable()}\n\n<!-- end of parameters -->`,
  ),
);
