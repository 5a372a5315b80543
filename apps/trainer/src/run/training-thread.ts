import { parentPort, workerData } from "node:worker_threads";
import { createTrainer } from "@longview/policy-gradient";
import type { IterationMetrics, Trainer } from "@longview/policy-gradient";
import { environmentModules, registerEnvironmentsOf } from "../configuration/load.ts";
import { UsageError } from "../exit-codes.ts";
import { EventFile } from "../tensorboard/event-file.ts";
import { failureOf } from "./messages.ts";
import type { BeginMessage, TrainingMessage, TrainingOrder } from "./messages.ts";
import { restoreToContinue } from "./restore-checkpoint.ts";
import { appendRows, cutBack, listCheckpoints, runPaths, saveCheckpoint } from "./run-folder.ts";
import { scalarsOf } from "./scalars.ts";

const port = parentPort;
if (port === null) throw new Error("training-thread.ts runs as a worker thread");
const { data: order } = workerData as { data: TrainingOrder };
const say = (message: TrainingMessage): void => port.postMessage(message);
const seconds = (): number => Number(process.hrtime.bigint()) / 1e9;

async function train(trainer: Trainer, begin: BeginMessage): Promise<void> {
  const { configuration, stop } = order;
  const paths = runPaths(begin.folder);
  const warnings = begin.resume ? (await restoreToContinue(trainer, paths)).warnings : [];
  if (begin.resume) {
    cutBack(paths.metrics, trainer.iteration);
    cutBack(paths.timing, trainer.iteration);
  }
  say({ kind: "started", iteration: trainer.iteration, steps: trainer.steps, warnings });
  const events =
    configuration.logging.tensorboard && !trainer.finished
      ? new EventFile(paths.tensorboard, trainer.steps, () => Date.now() / 1000)
      : undefined;
  let saved = listCheckpoints(paths).length > 0 ? trainer.iteration : undefined;
  while (!trainer.finished && Atomics.load(stop, 0) === 0) {
    const before = { steps: trainer.steps, at: seconds() };
    const metrics: IterationMetrics = await trainer.iterate();
    const elapsed = seconds() - before.at;
    const rate = elapsed > 0 ? (metrics.steps - before.steps) / elapsed : 0;
    const timing = {
      iteration: metrics.iteration,
      steps: metrics.steps,
      seconds: elapsed,
      decisionsPerSecond: rate,
    };
    appendRows(paths, metrics, timing);
    events?.append(metrics.steps, scalarsOf(metrics, rate));
    if (metrics.iteration % configuration.training.checkpointEvery === 0) {
      saveCheckpoint(paths, metrics.iteration, await trainer.checkpoint());
      saved = metrics.iteration;
    }
    say({ kind: "iteration", metrics, timing });
  }
  if (saved !== trainer.iteration) saveCheckpoint(paths, trainer.iteration, await trainer.checkpoint());
  say({ kind: "ended", finished: trainer.finished, iteration: trainer.iteration, steps: trainer.steps });
}

async function run(): Promise<void> {
  const modules = environmentModules(order.configuration.environment.id);
  await registerEnvironmentsOf(order.configuration.environment.id);
  const { name: _name, evaluation: _evaluation, logging: _logging, ...configuration } = order.configuration;
  const trainer = await createTrainer(configuration, { environmentModules: modules }).catch(
    (error: unknown) => {
      // What an environment or a network refuses (a missing catalogue, sizes that do not fit) is the caller's mistake.
      if (error instanceof RangeError) throw new UsageError(error.message);
      throw error;
    },
  );
  try {
    const begun = new Promise<BeginMessage>((resolve) => {
      port!.once("message", (message: BeginMessage) => resolve(message));
    });
    say({ kind: "ready" });
    await train(trainer, await begun);
  } finally {
    await trainer.dispose();
  }
}

try {
  await run();
} catch (error) {
  say({ kind: "failed", failure: failureOf(error) });
}
port.close();
