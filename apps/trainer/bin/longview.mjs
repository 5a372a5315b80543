#!/usr/bin/env node
// The sources are TypeScript and are run as they are: nothing has to be built first.
try {
  const { register } = await import("tsx/esm/api");
  register();
  const { main } = await import("../src/main.ts");
  await main(process.argv.slice(2));
} catch (error) {
  const missing = error?.code === "ERR_MODULE_NOT_FOUND" ? "; are the dependencies installed? (npm ci)" : "";
  process.stderr.write(`longview: internal error: ${error?.message ?? error}${missing}\n`);
  process.exitCode = 70;
}
