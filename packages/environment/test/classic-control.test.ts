import { expect, test } from "vitest";
import { foldIn, meanInterval, rootKey, uniform } from "@longview/statistics";
import {
  makeEnvironment,
  makeVectorEnvironment,
  type MakeOptions,
  type VectorEnvironment,
} from "../src/index.ts";

/** Returns of `episodes` whole episodes a row under uniformly random actions (whole ones, so that length does not bias). */
function randomReturns(id: string, rowCount: number, episodes: number, options: MakeOptions = {}): number[] {
  const environment = makeVectorEnvironment(id, { ...options, rowCount });
  const { actionSpace, action, reward, terminated, truncated } = environment;
  environment.reset({ seed: "random policy" });
  const key = rootKey("actions");
  const sums = new Float64Array(rowCount);
  const done = new Int32Array(rowCount);
  const returns: number[] = [];
  for (let tick = 0; returns.length < rowCount * episodes; tick++) {
    const tickKey = foldIn(key, tick);
    for (let row = 0; row < rowCount; row++) {
      const u = uniform(tickKey, row, 0);
      if (actionSpace.kind === "discrete") action[row] = Math.floor(u * actionSpace.size);
      else if (actionSpace.kind === "box")
        action[row] = actionSpace.low[0]! + u * (actionSpace.high[0]! - actionSpace.low[0]!);
    }
    environment.step();
    for (let row = 0; row < rowCount; row++) {
      sums[row] = sums[row]! + reward[row]!;
      if (terminated[row] === 0 && truncated[row] === 0) continue;
      if (done[row]! < episodes) returns.push(sums[row]!);
      done[row] = done[row]! + 1;
      sums[row] = 0;
    }
  }
  return returns;
}

function expectMean(returns: number[], low: number, high: number): void {
  const { mean } = meanInterval(returns);
  expect(mean).toBeGreaterThan(low);
  expect(mean).toBeLessThan(high);
}

test("random policies earn what is published: CartPole about 22, Acrobot about −500, Pendulum about −1,200, MountainCar −200", () => {
  expectMean(randomReturns("CartPole-v1", 200, 10), 21.5, 23);
  expectMean(randomReturns("Acrobot-v1", 100, 2), -500, -490);
  expectMean(randomReturns("Pendulum-v1", 200, 5), -1300, -1150);
  const mountain = randomReturns("MountainCar-v0", 50, 4);
  expect(mountain.every((value) => value === -200)).toBe(true);
  // E[0.1 a²] = 1/30 a step for a uniform action: −33.3 in 999 steps, as random agents are reported.
  expectMean(randomReturns("MountainCarContinuous-v0", 40, 1), -33.8, -32.8);
});

/** Puts row 0 in a state through the snapshot: header (24 bytes), episode and elapsed (4 each), then the state. */
function setState(environment: VectorEnvironment, state: readonly number[]): void {
  const snapshot = environment.snapshot();
  const view = new DataView(snapshot.buffer);
  const arrays = view.getUint32(8);
  const offset = 12 + 4 * arrays + view.getUint32(4) + 24 + 8;
  state.forEach((value, i) => view.setFloat64(offset + 8 * i, value, true));
  environment.restore(snapshot);
}

function step(
  id: string,
  state: readonly number[],
  action: number,
): { observation: number[]; reward: number; terminated: number } {
  const environment = makeVectorEnvironment(id);
  environment.reset({ seed: 1 });
  setState(environment, state);
  environment.action[0] = action;
  environment.step();
  const ended = environment.terminated[0] === 1;
  return {
    observation: [...(ended ? environment.finalObservation : environment.observation)["observation"]!],
    reward: environment.reward[0]!,
    terminated: environment.terminated[0]!,
  };
}

function expectNear(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  // float32 observations: relative 6e-8.
  actual.forEach((value, i) =>
    expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-7 * (1 + Math.abs(expected[i]!))),
  );
}

test("CartPole at rest, pushed right, moves as the equations solved by hand say", () => {
  // θ = 0, all at rest: temp = 10/1.1; θ̈ = −temp / (0.5 (4/3 − 0.1/1.1)); ẍ = temp − 0.05 θ̈ / 1.1.
  const temp = 10 / 1.1;
  const spin = -temp / (0.5 * (4 / 3 - 0.1 / 1.1));
  const { observation, reward, terminated } = step("CartPole-v1", [0, 0, 0, 0], 1);
  expectNear(observation, [0, 0.02 * (temp - (0.05 * spin) / 1.1), 0, 0.02 * spin]);
  expect([reward, terminated]).toEqual([1, 0]);
});

test("CartPole's accelerations solve the two equations of motion of a cart with a uniform pole", () => {
  const [x, v, angle, spin] = [0.3, -0.7, 0.15, 0.9];
  const { observation } = step("CartPole-v1", [x, v, angle, spin], 0);
  const acceleration = (observation[1]! - v) / 0.02;
  const spinRate = (observation[3]! - spin) / 0.02;
  // (M + m) ẍ + m l θ̈ cos θ − m l θ̇² sin θ = F and l (4/3) θ̈ + ẍ cos θ = g sin θ, independent of how they are solved.
  expect(
    1.1 * acceleration + 0.05 * spinRate * Math.cos(angle) - 0.05 * spin ** 2 * Math.sin(angle),
  ).toBeCloseTo(-10, 3);
  expect((0.5 * 4 * spinRate) / 3 + acceleration * Math.cos(angle)).toBeCloseTo(9.8 * Math.sin(angle), 3);
  // Explicit Euler: positions move with the old speeds.
  expectNear([observation[0]!, observation[2]!], [x + 0.02 * v, angle + 0.02 * spin]);
});

test("CartPole ends beyond 2.4 m or 12 degrees, its last step still earns 1, and 500 steps truncate", () => {
  expect(step("CartPole-v1", [2.39, 1, 0, 0], 1).terminated).toBe(1);
  expect(step("CartPole-v1", [2.37, 1, 0, 0], 1).terminated).toBe(0);
  expect(step("CartPole-v1", [0, 0, (12 * Math.PI) / 180 - 0.001, 1], 1)).toMatchObject({
    terminated: 1,
    reward: 1,
  });
  expect(step("CartPole-v1", [0, 0, -(12 * Math.PI) / 180 + 0.03, -1], 0).terminated).toBe(0);
  // Pushes toward the fall keep the pole up well past 500 steps.
  const environment = makeVectorEnvironment("CartPole-v1");
  environment.reset({ seed: 3 });
  let steps = 0;
  do {
    const [position, velocity, angle, spin] = environment.observation["observation"]!;
    environment.action[0] = angle! + 0.5 * spin! + 0.02 * position! + 0.05 * velocity! > 0 ? 1 : 0;
    environment.step();
    steps++;
  } while (environment.terminated[0] === 0 && environment.truncated[0] === 0);
  expect([steps, environment.terminated[0], environment.truncated[0]]).toEqual([500, 0, 1]);
});

test("Pendulum: speed first, then angle with the new speed; the reward is of the state before", () => {
  const [angle, spin, torque] = [2.5, -1.2, 1.7];
  const nextSpin = spin + (15 * Math.sin(angle) + 3 * Math.fround(torque)) * 0.05;
  const next = angle + nextSpin * 0.05;
  const { observation, reward } = step("Pendulum-v1", [angle, spin], torque);
  expectNear(observation, [Math.cos(next), Math.sin(next), nextSpin]);
  expect(reward).toBeCloseTo(-(angle ** 2 + 0.1 * spin ** 2 + 0.001 * Math.fround(torque) ** 2), 12);
  // 5π/2 is π/2 off the top; a torque of 9 counts and acts as 2; the speed stops at 8.
  expect(step("Pendulum-v1", [2.5 * Math.PI, 0], 9).reward).toBeCloseTo(-((Math.PI / 2) ** 2) - 0.004, 12);
  expect(step("Pendulum-v1", [Math.PI / 2, 7.9], 2).observation[2]).toBe(8);
});

test("Pendulum without torque keeps its energy over 200 steps to the integrator's first order", () => {
  const environment = makeVectorEnvironment("Pendulum-v1", { maximumEpisodeSteps: 100000 });
  environment.reset({ seed: 5 });
  setState(environment, [2.6, 0]);
  // Rod of mass 1 and length 1: kinetic ω²/6, potential (10/2) cos θ.
  const energy = (): number => {
    const [cosine, , spin] = environment.observation["observation"]!;
    return spin! ** 2 / 6 + 5 * cosine!;
  };
  environment.action[0] = 0;
  environment.step();
  const first = energy();
  for (let i = 0; i < 200; i++) {
    environment.step();
    expect(Math.abs(energy() - first)).toBeLessThan(0.25);
  }
});

/** Total energy of the two links (mass 1, length 1, centre 0.5, inertia 1), angles from hanging straight down. */
function acrobotEnergy([a1, a2, v1, v2]: readonly number[]): number {
  const kinetic1 = 0.5 * (0.25 + 1) * v1! ** 2;
  const w = v1! + v2!;
  const speed2 = v1! ** 2 + 0.25 * w ** 2 + v1! * w * Math.cos(a2!);
  return (
    kinetic1 +
    0.5 * speed2 +
    0.5 * w ** 2 -
    9.8 * (0.5 * Math.cos(a1!) + Math.cos(a1!) + 0.5 * Math.cos(a1! + a2!))
  );
}

test("Acrobot: without torque the Lagrangian's energy is kept, with torque it changes by the work done", () => {
  const start = [0.3, -0.2, 0.4, -0.5];
  for (const action of [0, 1, 2]) {
    const { observation } = step("Acrobot-v1", start, action);
    const [c1, s1, c2, s2, v1, v2] = observation;
    const after = [Math.atan2(s1!, c1!), Math.atan2(s2!, c2!), v1!, v2!];
    const work = (action - 1) * (after[1]! - start[1]!);
    // One Runge–Kutta step of 0.2 s: local error of order 0.2⁵.
    expect(Math.abs(acrobotEnergy(after) - acrobotEnergy(start) - work)).toBeLessThan(2e-3);
  }
});

test("Acrobot rewards −1 a step and 0 where the tip is above the line", () => {
  expect(step("Acrobot-v1", [0, 0, 0, 0], 1)).toMatchObject({
    reward: -1,
    terminated: 0,
    observation: [1, 0, 1, 0, 0, 0].map((v) => expect.closeTo(v, 6)),
  });
  expect(step("Acrobot-v1", [Math.PI, 0, 0, 0], 1)).toMatchObject({ reward: 0, terminated: 1 });
});

test("MountainCar: push, slope, walls and goal by hand", () => {
  const velocity = 0.01 + 0.001 - 0.0025 * Math.cos(3 * -0.5);
  expectNear(step("MountainCar-v0", [-0.5, 0.01], 2).observation, [-0.5 + velocity, velocity]);
  expectNear(step("MountainCar-v0", [-1.19, -0.07], 0).observation, [-1.2, 0]);
  expect(step("MountainCar-v0", [0.49, 0.07], 2)).toMatchObject({ terminated: 1, reward: -1 });
  const continuous = 0.01 + 0.0015 * 0.5 - 0.0025 * Math.cos(3 * -0.5);
  expectNear(step("MountainCarContinuous-v0", [-0.5, 0.01], 0.5).observation, [
    -0.5 + continuous,
    continuous,
  ]);
  const arrived = step("MountainCarContinuous-v0", [0.44, 0.06], 1);
  expect(arrived.terminated).toBe(1);
  expect(arrived.reward).toBeCloseTo(99.9, 12);
});

test("an energy-pumping driver climbs both mountains, so the goal can be reached and ends as termination", () => {
  for (const id of ["MountainCar-v0", "MountainCarContinuous-v0"]) {
    const environment = makeVectorEnvironment(id);
    environment.reset({ seed: 2 });
    let steps = 0;
    do {
      const forward = environment.observation["observation"]![1]! >= 0;
      environment.action[0] = id === "MountainCar-v0" ? (forward ? 2 : 0) : forward ? 1 : -1;
      environment.step();
      steps++;
    } while (environment.terminated[0] === 0 && environment.truncated[0] === 0);
    expect(environment.terminated[0]).toBe(1);
    expect(steps).toBeLessThan(200);
  }
});

test("the scalar face has Gymnasium's protocol: reset first, seeds repeat, the end must be followed by a reset", () => {
  const environment = makeEnvironment("CartPole-v1");
  expect(() => environment.step(0)).toThrow("call reset() before the first step");
  const first = environment.reset({ seed: 9 });
  expect(() => environment.step(2)).toThrow("action must be a whole number from 0 to 1, got 2");
  let result = environment.step(1);
  while (!result.terminated) result = environment.step(1);
  expect(() => environment.step(1)).toThrow("call reset() after the end of an episode");
  const second = environment.reset();
  expect(second.observation).not.toEqual(first.observation);
  expect(environment.reset({ seed: 9 }).observation).toEqual(first.observation);
  expect(result.info).toEqual({ objectives: {}, costs: {}, ticks: 1 });
  const saved = environment.snapshot();
  const a = environment.step(0);
  environment.restore(saved);
  expect(environment.step(0)).toEqual(a);
});

test("a row's trajectory does not depend on how many rows run beside it", () => {
  const trace = (rowCount: number): number[] => {
    const environment = makeVectorEnvironment("CartPole-v1", { rowCount });
    environment.reset({ seed: 4 });
    const seen: number[] = [];
    for (let tick = 0; tick < 100; tick++) {
      environment.action.fill(tick & 1);
      environment.step();
      seen.push(...environment.observation["observation"]!.subarray(4, 8));
    }
    return seen;
  };
  expect(trace(7)).toEqual(trace(2));
});
