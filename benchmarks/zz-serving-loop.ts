import { run } from "./serving-loop.ts";
process.exitCode = await run([]);
