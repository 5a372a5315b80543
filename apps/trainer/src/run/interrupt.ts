import type { Display } from "../display/display.ts";
import { EXIT } from "../exit-codes.ts";

/** A wish to stop, seen by every thread that shares the flag. */
export interface Interrupt {
  readonly flag: Int32Array<SharedArrayBuffer>;
  readonly stopped: () => boolean;
  /** Stops listening. */
  release(): void;
}

/**
 * Turns the first Ctrl-C (or SIGTERM) into a wish to stop at the next safe point, and a second one, a moment
 * later, into an end at once. A terminal's Ctrl-C reaches this process twice when npm started it, hence the moment.
 */
export function listenForInterrupt(display: Display, what: string): Interrupt {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  let first = 0n;
  const listener = (): void => {
    const now = process.hrtime.bigint();
    if (Atomics.load(flag, 0) === 0) {
      first = now;
      Atomics.store(flag, 0, 1);
      display.line(`stopping: ${what} (again to stop at once) …`);
    } else if (now - first > 1_000_000_000n) {
      display.close();
      release();
      endAtOnce();
    }
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  const release = (): void => {
    process.off("SIGINT", listener);
    process.off("SIGTERM", listener);
  };
  return { flag, stopped: () => Atomics.load(flag, 0) !== 0, release };
}

/**
 * Dies of SIGINT, which a shell shows as 130. An ordinary exit would first take the threads down, and one that is
 * inside native code would make that wait or abort. The first process of a container does not die of it, hence the exit.
 */
function endAtOnce(): void {
  process.kill(process.pid, "SIGINT");
  setTimeout(() => process.exit(EXIT.interrupted), 200);
}
