import { expect, test } from "vitest";
import { PAGE_HEADERS, pageFiles } from "../../src/page/page-files.ts";

const files = new Map(pageFiles().map((file) => [file.path, file]));
const markup = files.get("/")!.body.toString("utf8");

test("everything the page asks for is among its files, by a path that holds under any prefix", () => {
  const asked = Array.from(
    markup.matchAll(/<(?:link|script)[^>]*?(?:href|src)="([^"]+)"/g),
    (match) => match[1]!,
  );
  expect(asked.length).toBeGreaterThan(3);
  for (const path of asked) expect(files.has(`/${path}`), path).toBe(true);
  for (const { path, contentType, body } of files.values()) {
    expect(body.length).toBeGreaterThan(100);
    if (!contentType.startsWith("text/javascript")) continue;
    for (const [, name] of body.toString("utf8").matchAll(/^import .*? from "\.\/([^"]+)";$/gm))
      expect(files.has(`/page/${name}`), `${path} imports ${name}`).toBe(true);
  }
});

test("nothing in it needs a looser policy than its own files, or another host", () => {
  expect(PAGE_HEADERS["content-security-policy"]).not.toMatch(/unsafe|\*|http/);
  expect(markup).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)/);
  for (const [path, { body, contentType }] of files) {
    if (path === "/page/uplot.js" || path === "/page/uplot.css") continue;
    const text = body.toString("utf8").replace("http://www.w3.org/2000/svg", "");
    expect(text, path).not.toMatch(/https?:\/\/|@import url/);
    if (contentType.startsWith("text/javascript"))
      expect(text, path).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  }
});
