// `npm run bench -- NAME OPTIONS…`; without a name every quick one.
import { benchmarks } from "./registry.ts";

const [name, ...options] = process.argv.slice(2);

function list(): string {
  return Object.entries(benchmarks)
    .map(([key, { summary, quick }]) => `  ${key.padEnd(18)}${summary}${quick ? "" : " (long)"}`)
    .join("\n");
}

if (name !== undefined && !Object.hasOwn(benchmarks, name)) {
  const help = name === "--help" || name === "-h";
  const stream = help ? process.stdout : process.stderr;
  if (!help) stream.write(`bench: there is no benchmark ${JSON.stringify(name)}; allowed:\n`);
  stream.write(`${list()}\n`);
  process.exitCode = help ? 0 : 3;
} else {
  const chosen =
    name === undefined ? Object.keys(benchmarks).filter((key) => benchmarks[key]!.quick) : [name];
  for (const key of chosen) {
    try {
      const { run } = await benchmarks[key]!.load();
      process.exitCode = Math.max(Number(process.exitCode ?? 0), await run(options));
    } catch (error) {
      const usage = error instanceof RangeError;
      process.stderr.write(
        `bench ${key}: ${usage || !(error instanceof Error) ? String(error) : error.stack}\n`,
      );
      process.exitCode = usage ? 3 : 70;
    }
  }
}
