import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { ServingProblem } from "../serving-problem.ts";

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * Lets control calls through that bear the token, compared in constant time.
 *
 * @param token - undefined: control calls are off
 */
export function tokenGuard(token: string | undefined): (request: FastifyRequest) => void {
  const expected = token === undefined ? undefined : digestOf(token);
  return ({ headers: { authorization } }) => {
    if (expected === undefined)
      throw new ServingProblem(
        "FORBIDDEN",
        "control calls are off; start the server with --token-file FILE or LONGVIEW_TOKEN to allow them",
      );
    const [, shown] = /^Bearer ([!-~]{1,1024})$/i.exec(authorization ?? "") ?? [];
    // Digests have one length, so comparing them says nothing about the token's.
    if (!timingSafeEqual(digestOf(shown ?? ""), expected) || shown === undefined)
      throw new ServingProblem("UNAUTHORIZED", "authorization: allowed: Bearer and the server's token");
  };
}
