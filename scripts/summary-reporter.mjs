/** A vitest reporter whose only output is the very last line: `N passed, N failed, N skipped`. */
export default class SummaryReporter {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === "passed" || state === "failed") count[state] += 1;
        else count.skipped += 1;
      }
      // A file that could not be loaded holds no tests, yet it is a failure.
      if (module.state() === "failed" && module.errors().length > 0) count.failed += 1;
    }
    count.failed += errors.length;
    process.on("exit", () => {
      process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
    });
  }
}
