import type { FastifyReply, FastifyRequest } from "fastify";
import { SecondHistory } from "../metrics/second-history.ts";
import { ServingProblem } from "../serving-problem.ts";

/** How requests ended. */
export interface RequestCounts {
  total: number;
  /** Answered with an internal error. */
  failed: number;
  /** Answered with a caller's error, or turned away under load. */
  refused: number;
  inFlight: number;
}

/** Lets so many requests in at once and turns the others away, so that no queue grows. */
export class Admission {
  readonly counts: RequestCounts = { total: 0, failed: 0, refused: 0, inFlight: 0 };
  readonly history: SecondHistory;
  readonly #most: number;
  readonly #now: () => number;
  stopping = false;

  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
    this.history = new SecondHistory(now());
  }

  /**
   * Counts a request in, before its body is read.
   *
   * @throws ServingProblem OVERLOADED or STOPPING
   */
  readonly enter = (_request: FastifyRequest, reply: FastifyReply): void => {
    const { counts } = this;
    counts.total++;
    counts.inFlight++;
    this.history.add(this.#now());
    // A response closes whatever becomes of it; one whose caller left never finishes.
    reply.raw.once("close", () => {
      counts.inFlight--;
      const { statusCode } = reply.raw;
      if (statusCode >= 500 && statusCode !== 503) counts.failed++;
      else if (statusCode >= 400) counts.refused++;
    });
    if (this.stopping) throw new ServingProblem("STOPPING", "the server is stopping; ask another");
    if (counts.inFlight > this.#most)
      throw new ServingProblem(
        "OVERLOADED",
        `${this.#most} requests are being worked on, allowed: no more at once; try again`,
      );
  };
}
