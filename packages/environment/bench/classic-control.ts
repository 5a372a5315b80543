/** Prints the steps per CPU second of each classic-control environment on one thread: `node --import tsx bench/classic-control.ts`. */
import { makeVectorEnvironment } from "../src/index.ts";

const ROWS = 256;
for (const id of ["CartPole-v1", "Acrobot-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Pendulum-v1"]) {
  const environment = makeVectorEnvironment(id, { rowCount: ROWS });
  environment.reset({ seed: 1 });
  const { action } = environment;
  let bits = 12345;
  const run = (ticks: number): number => {
    let sum = 0;
    for (let tick = 0; tick < ticks; tick++) {
      for (let row = 0; row < ROWS; row++) {
        bits = (Math.imul(bits, 1664525) + 1013904223) | 0;
        action[row] = (bits >>> 16) & 1;
      }
      environment.step();
      sum += environment.reward[tick % ROWS]!;
    }
    return sum;
  };
  let sum = run(2000);
  const rates: number[] = [];
  for (let repetition = 0; repetition < 5; repetition++) {
    const ticks = 4000;
    const before = process.cpuUsage();
    sum += run(ticks);
    const { user, system } = process.cpuUsage(before); // µs
    rates.push((ticks * ROWS) / (user + system));
  }
  rates.sort((a, b) => a - b);
  console.log(
    `${id.padEnd(26)} median ${rates[2]!.toFixed(1)} M steps per CPU second, best ${rates[4]!.toFixed(1)} (checksum ${sum.toFixed(1)})`,
  );
}
