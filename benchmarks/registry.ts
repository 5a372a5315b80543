/** A benchmark: a module whose `run` prints rows and returns its exit code. */
export interface Benchmark {
  readonly summary: string;
  /** Whether `npm run bench` without a name runs it: minutes at most. */
  readonly quick: boolean;
  load(): Promise<{ readonly run: (args: readonly string[]) => number | Promise<number> }>;
}

/** Every benchmark by name: one file and one line here. */
export const benchmarks: Readonly<Record<string, Benchmark>> = {
  learner: {
    summary: "samples a second of whole PPO updates, beside PyTorch on the same work",
    quick: true,
    load: () => import("./learner.ts"),
  },
  cartpole: {
    summary: "PPO on CartPole end to end, beside PyTorch on the same work",
    quick: true,
    load: () => import("./cartpole.ts"),
  },
  recsim: {
    summary: "user steps a second of the RecSim presets",
    quick: true,
    load: () => import("./recsim.ts"),
  },
  presets: {
    summary: "returns of the RecSim presets against the original code, with ceilings",
    quick: true,
    load: () => import("./presets.ts"),
  },
  "ecosystem-presets": {
    summary:
      "EcoAgent, RecSim NG's ecosystem and the planning competition's, against independent implementations",
    quick: false,
    load: () => import("./ecosystem-presets.ts"),
  },
  "session-presets": {
    summary: "SARDINE, RecoGym and AuctionGym against the original code, over catalogues",
    quick: false,
    load: () => import("./session-presets.ts"),
  },
  marketplace: {
    summary: "decisions a second of the content marketplaces, and bytes allocated by one",
    quick: true,
    load: () => import("./marketplace.ts"),
  },
  "marketplace-scale": {
    summary: "a million users, 200,000 items and 20,000 creators for 30 days: memory, speed",
    quick: false,
    load: () => import("./marketplace-scale.ts"),
  },
  gaps: {
    summary: "false gaps, causes and shadow prices of the gap atlas in worlds whose gaps are known",
    quick: false,
    load: () => import("./gaps.ts"),
  },
  scorecard: {
    summary:
      "closed forms, planted hazards and interval coverage of the scorecard in 2,000 worlds; pages a second",
    quick: false,
    load: () => import("./scorecard.ts"),
  },
  "supply-equilibrium": {
    summary:
      "genre splits, creators' games by payout, what payouts make of supply, and the day's end of 20,000 creators",
    quick: false,
    load: () => import("./supply-equilibrium.ts"),
  },
  advertising: {
    summary: "what sponsored positions earn and cost by auction and ad load; pacing of budgets",
    quick: false,
    load: () => import("./advertising.ts"),
  },
  interference: {
    summary: "bias of designs and estimators in a market with a known effect; peeking with the monitor",
    quick: false,
    load: () => import("./interference.ts"),
  },
  "marketplace-experiments": {
    summary: "naive and interference-aware experiments in content-v1, beside the true effect by forking",
    quick: false,
    load: () => import("./marketplace-experiments.ts"),
  },
  tension: {
    summary: "what serving one stakeholder of content-v1 blindly costs the others, all pairs",
    quick: false,
    load: () => import("./tension.ts"),
  },
  "classic-control": {
    summary: "CartPole, Acrobot, Pendulum and MountainCar over seeds, beside published scores",
    quick: false,
    load: () => import("./classic-control.ts"),
  },
  learning: {
    summary: "the main job over seeds, against every baseline on unseen worlds",
    quick: false,
    load: () => import("./learning.ts"),
  },
  coverage: {
    summary: "coverage and width of every interval in 10,000 worlds of four kinds",
    quick: false,
    load: () => import("./coverage.ts"),
  },
  "evaluation-speed": {
    summary: "rows per CPU second and memory of IPS, SNIPS and DR with intervals, beside NumPy",
    quick: true,
    load: () => import("./evaluation-speed.ts"),
  },
  "evaluation-size": {
    summary: "value, interval and diagnostics of 50,000,000 rows of Parquet: seconds and memory",
    quick: false,
    load: () => import("./evaluation-size.ts"),
  },
  gate: {
    summary: "what the launch gate says of 2,120 synthetic launches whose truth is known",
    quick: false,
    load: () => import("./gate.ts"),
  },
  peeking: {
    summary: "how often a launch without effect ships when the data is looked at forty times",
    quick: false,
    load: () => import("./peeking.ts"),
  },
  serving: {
    summary: "decisions a second and p99 of the policy server on one core, beside a bare Fastify route",
    quick: false,
    load: () => import("./serving.ts"),
  },
  "serving-parity": {
    summary:
      "one policy in the trainer, the server, ONNX Runtime, TensorFlow.js and NumPy: largest differences",
    quick: false,
    load: () => import("./serving-parity.ts"),
  },
  "serving-loop": {
    summary: "100,000 decisions served, logged and estimated, beside the truth from forked worlds",
    quick: false,
    load: () => import("./serving-loop.ts"),
  },
  "serving-crash": {
    summary: "answered decisions in the log after a server was killed at random moments",
    quick: false,
    load: () => import("./serving-crash.ts"),
  },
  "serving-swap": {
    summary: "failed requests and misnamed answers while policies are swapped under load",
    quick: false,
    load: () => import("./serving-swap.ts"),
  },
  "serving-fuzz": {
    summary: "what a server answers to 20,000 mutated bodies, and its memory meanwhile",
    quick: false,
    load: () => import("./serving-fuzz.ts"),
  },
  "serving-propensities": {
    summary: "how often a server shows each slate, beside its propensity: twenty requests of 50,000 draws",
    quick: false,
    load: () => import("./serving-propensities.ts"),
  },
  determinism: {
    summary: "equal bytes for one worker, two, and a run killed three times",
    quick: false,
    load: () => import("./determinism.ts"),
  },
  "served-log": {
    summary: "the server's decision log: microseconds an append, rows a second into Parquet",
    quick: true,
    load: () => import("./served-log.ts"),
  },
};
