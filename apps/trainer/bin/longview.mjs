#!/usr/bin/env node
// The sources are TypeScript and are run as they are: nothing has to be built first.
import { register } from "tsx/esm/api";

register();
const { main } = await import("../src/main.ts");
await main(process.argv.slice(2));
