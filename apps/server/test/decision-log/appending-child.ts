// Appends decisions and reports to the log in the folder that its first argument names, as fast as it may, and prints
// each acknowledgement at once, until it is killed. Its second argument tells its decisions from other children's.
import { openServedLog } from "../../src/decision-log/index.ts";
import { servedDecision } from "./served-decisions.ts";

const [folder = "", child = ""] = process.argv.slice(2);
const log = await openServedLog(folder, {
  objectives: ["click"],
  costs: ["harm"],
  attributionSeconds: 0,
  rotateBytes: 60_000,
  rotateSeconds: 1,
  durability: "process",
  now: () => Date.now() / 1000,
  maintenanceMilliseconds: 20,
});
/** Resolves when the text is in the pipe. */
const print = (text: string): Promise<void> =>
  new Promise((resolve) => void process.stdout.write(text, () => resolve()));

await print("open\n");

for (let number = 0; ; number++) {
  const decisions = [0, 1, 2].map((k) => servedDecision(Number(child) * 1_000_000 + number * 3 + k));
  const { ids, written } = log.append(decisions);
  await written;
  await print(ids.map((id, k) => `decision ${id} ${decisions[k]!.unitId}\n`).join(""));
  const [id = ""] = ids;
  const [result = ""] = await log.feedback([{ decisionId: id, objectives: { click: number + 1 } }]);
  await print(`feedback ${id} ${result} ${number + 1}\n`);
}
