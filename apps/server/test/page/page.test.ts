import { existsSync } from "node:fs";
import { serverStatusSchema, type ServerStatus } from "@longview/formats";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, test, type TestContext } from "vitest";
import { busyStatus, quietStatus } from "./fake-status.ts";
import { startPageServer, type PageServer } from "./page-server.ts";

const EXECUTABLE = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
const WAIT = { timeout: 20_000, interval: 50 };

/** One test's page. */
interface OpenPage {
  readonly server: PageServer;
  readonly page: Page;
  /** Errors and warnings on the browser's console. */
  readonly problems: readonly string[];
  readonly text: (selector: string) => Promise<string>;
  /** Waits until an element's text matches. */
  readonly says: (selector: string, what: string | RegExp) => Promise<void>;
}

describe.skipIf(EXECUTABLE === undefined)(
  `the page in a browser${EXECUTABLE === undefined ? " (skipped: no Chromium is installed)" : ""}`,
  { timeout: 60_000 },
  () => {
    let browser: Browser;

    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath: EXECUTABLE!,
        args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      });
    }, 60_000);
    afterAll(() => browser?.close());

    /** The page in a window of its own beside a server of its own, so that tests wait side by side. */
    async function open(
      { expect, onTestFinished }: TestContext,
      answer: PageServer["answer"] = busyStatus(0),
      width = 1280,
    ): Promise<OpenPage> {
      const server = await startPageServer(answer);
      const context = await browser.newContext({ viewport: { width, height: 800 }, timezoneId: "UTC" });
      onTestFinished(async () => {
        await context.close();
        await server.close();
      });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(String(error)));
      await page.goto(server.url);
      const text = (selector: string): Promise<string> => page.locator(selector).innerText();
      const says = async (selector: string, what: string | RegExp): Promise<void> => {
        await expect.poll(() => text(selector), WAIT).toMatch(what);
      };
      return { server, page, problems, text, says };
    }

    test.concurrent(
      "shows policies, traffic, drift, the log and the last decisions, without a complaint",
      async (context) => {
        const { expect } = context;
        expect(serverStatusSchema.safeParse(busyStatus(0)).error).toBeUndefined();
        expect(serverStatusSchema.safeParse(quietStatus(0)).error).toBeUndefined();
        const { page, problems, text, says } = await open(context);
        await says("#state", "Ready");
        expect(await text("#about")).toBe("Longview 0.1.0 · up 1 d 2 h");
        expect(await text("#overview")).toMatch(/Requests per second\s+813/);
        const main = await text(".policy:nth-of-type(1)");
        for (const part of ["main", "serving", "90 % of units", "1.21 · 2.43 · 4.02 ms", "3 of 413", "5 %"])
          expect(main).toContain(part);
        expect(main).not.toContain("Same slate");
        const shadow = await text(".policy.shadow");
        for (const part of ["candidate", "never shown", "87.2 %", "none"]) expect(shadow).toContain(part);
        const widths = await page
          .locator("#shares span")
          .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
        expect(widths).toHaveLength(2);
        expect(widths[0]! / widths[1]!).toBeCloseTo(9, 0);
        expect(await text("#log")).toMatch(/Size\s+9.41 GB/);
        expect(await text("#feedback")).toMatch(/Joined to its decision\s+7,903,112 \(90.8 %\)/);
        expect(await text("#recent tbody tr:nth-child(2)")).toMatch(
          /item-1007 and 4 more[\s\S]*3.21 × 10⁻¹⁸/,
        );
        // What looks like markup is text.
        expect(await text("#recent tbody tr:nth-child(1)")).toContain("<b>bold</b>");
        expect(await page.locator("#recent b").count()).toBe(0);
        expect(problems).toEqual([]);
      },
    );

    test.concurrent("draws both lines and says in words what they show", async (context) => {
      const { expect } = context;
      const { page, problems, says } = await open(context);
      const plots = page.getByRole("img");
      await expect.poll(() => plots.count(), WAIT).toBe(2);
      expect(await plots.nth(0).getAttribute("aria-label")).toMatch(
        /^Requests per second over the last 5 minutes: now \d+, highest 88\d$/,
      );
      expect(await plots.nth(1).getAttribute("aria-label")).toMatch(/^p99 latency .* highest 1\d(\.\d)? ms$/);
      const colours = await page.locator(".plot canvas").evaluateAll((canvases) =>
        canvases.map((canvas) => {
          if (!(canvas instanceof HTMLCanvasElement)) return 0;
          const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }),
      );
      for (const count of colours) expect(count).toBeGreaterThan(10);
      await page.locator("#rate-chart .u-over").hover();
      await says("#rate-chart figcaption", /\d\d:\d\d:\d\d: \d+/);
      expect(problems).toEqual([]);
    });

    test.concurrent("sorts drift by the worst and tells its state in words", async (context) => {
      const { expect } = context;
      const { server, page, problems, text, says } = await open(context);
      await says("#drift-summary", "2 of 12 features drifted");
      const rows = await page
        .getByRole("table", { name: "Drift of features" })
        .getByRole("row")
        .allInnerTexts();
      expect(rows[1]).toMatch(/sessions_last_week[\s\S]*0.412[\s\S]*0.173[\s\S]*drifted/);
      expect(rows[2]).toMatch(/watch_seconds[\s\S]*0.260[\s\S]*drifted/);
      expect(rows[3]).toMatch(/as trained/);
      await page.getByRole("button", { name: "Show all 12" }).press("Enter");
      await expect.poll(() => page.locator("#drift tbody tr").count(), WAIT).toBe(12);
      expect(await text("#drift tbody tr:last-child")).toMatch(/satisfaction[\s\S]*too few yet/);
      // Stays open over the next update.
      const { polls } = server;
      await expect.poll(() => server.polls, WAIT).toBeGreaterThan(polls + 1);
      expect(await page.locator("#drift tbody tr").count()).toBe(12);
      expect(problems).toEqual([]);
    });

    test.concurrent(
      "follows the server: a policy goes, decisions come, what stays is not made anew",
      async (context) => {
        const { expect } = context;
        const { server, page, problems, text, says } = await open(context);
        await says("#policies", "canary");
        await page
          .locator(".policy")
          .first()
          .evaluate((element) => element.setAttribute("data-kept", "yes"));
        const later = busyStatus(7);
        server.answer = { ...later, policies: later.policies.filter(({ name }) => name !== "canary") };
        await expect.poll(() => page.locator(".policy").count(), WAIT).toBe(2);
        expect(await page.locator(".policy").first().getAttribute("data-kept")).toBe("yes");
        expect(await text(".policy:nth-of-type(1)")).toContain("8,418,029");
        expect(await text("#recent tbody tr:nth-child(1)")).toContain("12:00:07");
        expect(await page.locator("#recent tbody tr").count()).toBe(8);
        expect(problems).toEqual([]);
      },
    );

    test.concurrent(
      "says when the connection is lost and for how old the figures are, and comes back by itself",
      async (context) => {
        const { expect } = context;
        const { server, page, problems, text, says } = await open(context);
        await says("#state", "Ready");
        server.answer = "hang up";
        await says("#state", "Connection lost");
        expect(await text("#notice")).toBe(
          "Connection lost: it cannot be reached. The figures below are from 12:00:00. Trying again each second.",
        );
        expect(await page.locator("#figures").getAttribute("class")).toContain("stale");
        server.answer = 503;
        await says("#notice", "it answered 503");
        server.answer = busyStatus(9);
        await says("#state", "Ready");
        expect(await text("#notice")).toBe("");
        expect(await page.locator("#figures").getAttribute("class")).not.toContain("stale");
        // The browser itself logs each request that failed; the page adds nothing.
        expect(problems.filter((problem) => !problem.startsWith("Failed to load resource"))).toEqual([]);
      },
    );

    test.concurrent("opened while nobody answers, it says so and shows no figures", async (context) => {
      const { expect } = context;
      const { server, page, says } = await open(context, "hang up");
      await says("#notice", "No connection to the server");
      expect(await page.locator("#figures").isVisible()).toBe(false);
      server.answer = busyStatus(0);
      await says("#state", "Ready");
      expect(await page.locator("canvas").first().isVisible()).toBe(true);
    });

    test.concurrent("says when no request came yet, and when the server is not ready", async (context) => {
      const { expect } = context;
      const { server, problems, text, says } = await open(context, quietStatus(3));
      await says("#notice", "No request yet");
      expect(await text("#recent-empty")).toBe("No decision yet.");
      expect(await text("#drift-summary")).toContain("Nothing is judged before 1,000 decisions.");
      const nothing: ServerStatus = {
        ...quietStatus(4),
        ready: false,
        policies: [],
        drift: { ...quietStatus(4).drift, features: [] },
        history: { time: [], requests_per_second: [], p99_milliseconds: [] },
      };
      server.answer = nothing;
      await says("#state", "Not ready");
      expect(await text("#notice")).toContain("not ready");
      expect(await text("#policies-empty")).toBe("No policy is deployed.");
      expect(problems).toEqual([]);
    });

    test.concurrent("pauses and goes on by keyboard alone", async (context) => {
      const { expect } = context;
      const { server, page, text, says } = await open(context);
      await says("#state", "Ready");
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("pause");
      await page.keyboard.press("Space");
      await says("#state", "Paused");
      expect(await page.locator("#pause").getAttribute("aria-pressed")).toBe("true");
      server.answer = busyStatus(60);
      // One poll may be under way; none begins after it.
      await page.waitForTimeout(1300);
      const { polls } = server;
      await page.waitForTimeout(1300);
      expect(server.polls).toBe(polls);
      await page.keyboard.press("Space");
      await says("#state", "Ready");
      expect(await text("#recent tbody tr:nth-child(1)")).toContain("12:01:00");
    });

    test.concurrent(
      "does not scroll sideways on a phone, with the longest of names, and keeps its tables' roles",
      async (context) => {
        const { expect } = context;
        const busy = busyStatus(0);
        const long = "averylongnamewithoutanybreak".repeat(4);
        const answer = {
          ...busy,
          policies: busy.policies.map((policy) => ({
            ...policy,
            name: policy.name + long,
            policy_id: long + long,
          })),
          drift: {
            ...busy.drift,
            features: busy.drift.features.map((row, i) => ({
              ...row,
              policy: i % 2 === 0 ? long : "main",
              feature: row.feature + long,
            })),
          },
          recent: busy.recent.map((row) => ({ ...row, policy: long, item_ids: [long, long] })),
        };
        const { page, problems, says } = await open(context, answer, 360);
        await says("#state", "Ready");
        for (const width of [360, 320]) {
          await page.setViewportSize({ width, height: 800 });
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          const beyond = (): Promise<string[]> =>
            page
              .locator("main *:not(.unseen):not(thead, thead *)")
              .evaluateAll(
                (elements, right) =>
                  elements
                    .filter((element) => element.getBoundingClientRect().right > right + 0.5)
                    .map((element) => element.outerHTML),
                width,
              );
          // A chart takes its new width when the browser next lays out.
          await expect.poll(beyond, WAIT).toEqual([]);
        }
        const drift = page.getByRole("table", { name: "Drift of features" });
        expect(await drift.getByRole("row").count()).toBe(11);
        expect(await drift.getByRole("columnheader").count()).toBe(5);
        expect(await page.getByRole("button", { name: "Pause updates" }).isVisible()).toBe(true);
        expect(problems).toEqual([]);
      },
    );

    test.concurrent("follows the system's colours, the charts too", async (context) => {
      const { expect } = context;
      const { page, problems, says } = await open(context);
      await says("#state", "Ready");
      const ground = (): Promise<string> =>
        page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await ground();
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await ground()).not.toBe(light);
      await expect.poll(() => page.locator(".plot canvas").count(), WAIT).toBe(2);
      expect(problems).toEqual([]);
    });
  },
);
