#!/usr/bin/env node
// What `npx longview` runs in a clone where nothing is installed yet: installs, then hands over to the command.
import { fileURLToPath } from "node:url";
import { installIfNeeded } from "./install-if-needed.mjs";
import { runChild } from "./run-child.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const installed = installIfNeeded(root);
const command = fileURLToPath(new URL("../apps/trainer/bin/longview.mjs", import.meta.url));
process.exitCode =
  installed === 0 ? await runChild(process.execPath, [command, ...process.argv.slice(2)]) : installed;
