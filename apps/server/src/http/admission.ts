import type { FastifyReply } from "fastify";
import { SecondHistory } from "../metrics/second-history.ts";
import { ServingProblem } from "../serving-problem.ts";
import type { ServerLimits } from "./server-options.ts";

/** How requests ended. */
export interface RequestCounts {
  total: number;
  /** Answered with an internal error. */
  failed: number;
  /** Answered with a caller's error, or turned away under load. */
  refused: number;
  inFlight: number;
}

/** Requests on their way for each that may be worked on. */
const RECEIVING = 8;

/** Lets so many requests in at once and turns the others away, so that no queue grows. */
export class Admission {
  readonly counts: RequestCounts = { total: 0, failed: 0, refused: 0, inFlight: 0 };
  readonly history: SecondHistory;
  readonly #limits: ServerLimits;
  readonly #now: () => number;
  readonly #receiving = new Set<FastifyReply>();
  readonly #working = new Set<FastifyReply>();
  readonly #timer: NodeJS.Timeout;
  #stopping = false;

  constructor(limits: ServerLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.history = new SecondHistory(now());
    // One look at the oldest now and then costs less than a timer a request.
    this.#timer = setInterval(() => this.#endLate(), Math.max(10, limits.milliseconds / 20));
    this.#timer.unref();
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Turns away whoever comes from now on. */
  stop(): void {
    this.#stopping = true;
  }

  /** Stops looking for late requests. */
  close(): void {
    clearInterval(this.#timer);
  }

  #endLate(): void {
    const latest = performance.now() - this.#limits.milliseconds;
    for (const reply of this.#working) {
      if (reply.request.arrived <= latest && !reply.sent)
        reply.send(new ServingProblem("TIMED_OUT", "the answer took too long; try again"));
    }
  }

  /**
   * Counts a request in, before its body is read. Bodies that are still on their way do not keep others from being worked on; but
   * there may be only so many of them.
   *
   * @throws ServingProblem OVERLOADED or STOPPING
   */
  receive(reply: FastifyReply): void {
    const { counts } = this;
    counts.total++;
    this.#receiving.add(reply);
    this.history.add(this.#now());
    // A response closes whatever becomes of it; one whose caller left never finishes.
    reply.raw.once("close", () => {
      this.#receiving.delete(reply);
      if (this.#working.delete(reply)) counts.inFlight--;
      const { statusCode } = reply.raw;
      if (statusCode >= 500 && statusCode !== 503) counts.failed++;
      else if (statusCode >= 400) counts.refused++;
    });
    if (this.#stopping) throw new ServingProblem("STOPPING", "the server is stopping; ask another");
    if (this.#receiving.size > RECEIVING * this.#limits.inFlight)
      throw new ServingProblem("OVERLOADED", "too many requests are on their way; try again");
  }

  /**
   * Lets a request that has arrived be worked on.
   *
   * @throws ServingProblem OVERLOADED
   */
  enter(reply: FastifyReply): void {
    const { counts } = this;
    this.#receiving.delete(reply);
    if (counts.inFlight >= this.#limits.inFlight)
      throw new ServingProblem(
        "OVERLOADED",
        `${this.#limits.inFlight} requests are being worked on, allowed: no more at once; try again`,
      );
    counts.inFlight++;
    this.#working.add(reply);
  }
}
