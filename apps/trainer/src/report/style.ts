/** The report's style sheet: light, readable, printable, and usable at the width of a phone. */
export const STYLE = `
:root { color-scheme: light; --ink: #111827; --quiet: #4b5563; --line: #e5e7eb; --good: #0f6b4f; --bad: #b42318; --accent: #0b5cad; }
* { box-sizing: border-box; }
body { margin: 0; background: #f6f7f9; color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 800px; margin: 0 auto; padding: 28px 20px 64px; }
header p.run { margin: 0; color: var(--quiet); font-size: 14px; overflow-wrap: anywhere; }
h1 { font-size: 27px; line-height: 1.25; margin: 6px 0 14px; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 19px; margin: 0 0 4px; }
h3 { font-size: 14px; margin: 0 0 2px; font-weight: 600; }
p.detail { color: var(--quiet); max-width: 68ch; }
section { background: #fff; border: 1px solid var(--line); border-radius: 12px; padding: 20px; margin-top: 18px; }
p { margin: 6px 0; }
p.note { color: var(--quiet); font-size: 14px; max-width: 68ch; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(136px, 1fr)); gap: 12px; margin-top: 18px; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 12px; padding: 12px 14px; }
.card span { display: block; color: var(--quiet); font-size: 13px; line-height: 1.35; }
.card strong { display: block; font-size: 22px; line-height: 1.3; font-variant-numeric: tabular-nums; }
.good { color: var(--good); } .bad { color: var(--bad); }
.badge { display: inline-block; padding: 1px 8px; border-radius: 999px; font-size: 13px; white-space: nowrap; border: 1px solid currentColor; }
.grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 18px 24px; margin-top: 12px; }
figure { margin: 0; } svg { max-width: 100%; height: auto; display: block; overflow: visible; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 14px; margin: 8px 0 0; padding: 0; list-style: none; }
.legend i { display: inline-block; width: 14px; height: 4px; border-radius: 2px; margin-right: 6px; vertical-align: middle; }
.scroll { overflow-x: auto; margin: 10px -20px 0; padding: 0 20px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 8px 10px 8px 0; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 600; font-size: 13px; } tbody th { color: var(--ink); font-size: 14px; }
th:first-child, td:first-child { text-align: left; } td small { display: block; color: var(--quiet); white-space: nowrap; }
tr.trained { background: #eef5fc; } tr.trained th { padding-left: 8px; }
tbody tr:last-child > * { border-bottom: 0; }
ul.method { margin: 8px 0 0; padding-left: 20px; font-size: 15px; } ul.method li { margin: 4px 0; max-width: 72ch; }
.narrow { display: none; }
footer { color: var(--quiet); font-size: 13px; margin-top: 22px; overflow-wrap: anywhere; }
@media (max-width: 640px) {
  main { padding: 18px 12px 48px; } section { padding: 16px 14px; border-radius: 10px; }
  h1 { font-size: 22px; } .grid { grid-template-columns: minmax(0, 1fr); }
  .wide { display: none; } .narrow { display: block; } .cards { grid-template-columns: 1fr 1fr; } .card strong { font-size: 19px; }
  .scroll { margin: 10px -14px 0; padding: 0 14px; }
}
@media print { body { background: #fff; } section, .card { break-inside: avoid; } }
`;
