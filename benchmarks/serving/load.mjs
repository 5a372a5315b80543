// Load on a server by autocannon: `node load.mjs URL CONNECTIONS SECONDS FILE…`, the files being bodies that take turns.
// Prints one line of JSON: answers a second, and quantiles of the exact response times in milliseconds.
import { readFileSync } from "node:fs";
import autocannon from "autocannon";

const [url, connections, seconds, ...files] = process.argv.slice(2);
const times = [];
const load = autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  requests: files.map((file) => ({
    method: "POST",
    path: "/v1/rank",
    headers: { "content-type": "application/json" },
    body: readFileSync(file),
  })),
});
load.on("response", (_client, _status, _bytes, time) => times.push(time));
const result = await load;
times.sort((a, b) => a - b);
const quantile = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))];
process.stdout.write(
  `${JSON.stringify({
    perSecond: result["2xx"] / result.duration,
    failed: result.non2xx + result.errors + result.timeouts,
    p50: quantile(0.5),
    p99: quantile(0.99),
  })}\n`,
);
