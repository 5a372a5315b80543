import { GAPS_STYLE } from "../gaps/style.ts";
import { STYLE } from "../report/style.ts";

/** The report's style sheet, with colours of two policies and of shades, and all of it in the dark. */
export const ECOSYSTEM_STYLE = `${STYLE}${GAPS_STYLE}
:root { color-scheme: light dark; --paper: #fff; --ground: #f6f7f9; --first: #0b5cad; --against: #c2610c; --shade: 11 92 173; --frame: #9ca3af; }
body { background: var(--ground); } section, .card { background: var(--paper); }
main { max-width: 980px; }
.cards { grid-template-columns: repeat(4, minmax(0, 1fr)); } .card strong { margin-top: 2px; } .card small + small { margin-top: 6px; }
.card small { display: block; color: var(--quiet); font-size: 13px; line-height: 1.4; font-variant-numeric: tabular-nums; }
.card small.good, td small.good { color: var(--good); } .card small.bad, td small.bad { color: var(--bad); }
.grid.three { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.legend i { height: 10px; width: 10px; border-radius: 3px; }
.heat rect { stroke: var(--paper); } .heat rect.found { stroke: var(--ink); } .heat rect.empty, .shades i.none { fill: var(--line); background: var(--line); } .heat text.value { fill: #111827; } .heat text.light { fill: #fff; } .shades i.frame { border-color: var(--ink); }
svg { color: var(--ink); } svg.waterfall { max-width: 760px; }
figure p.note { margin: 2px 0 6px; font-size: 13px; }
.map { margin-top: 12px; } .map table { font-size: 12px; table-layout: fixed; min-width: 330px; border-spacing: 2px; border-collapse: separate; }
.map th, .map td { padding: 4px 2px; text-align: center; border: 0; font-size: 12px; font-weight: 400; color: var(--quiet); }
.map tbody th { text-align: left; width: 56px; white-space: nowrap; } .map td { color: var(--ink); border-radius: 4px; }
.map td.deep { color: #fff; }
tbody th small { display: block; font-weight: 400; color: var(--quiet); }
th.group { padding-top: 18px; color: var(--quiet); font-size: 13px; text-transform: uppercase; letter-spacing: 0.04em; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaee; --quiet: #a3abb8; --line: #2c333d; --good: #57c99b; --bad: #ff8a7a; --accent: #6db3f2; --paper: #171b21; --ground: #0e1115; --first: #6db3f2; --against: #f0a35e; --shade: 77 150 220; --frame: #6b7480; }
  tr.trained { background: #1c2733; }
}
@media (max-width: 900px) { .grid.three { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 640px) { .cards { grid-template-columns: 1fr 1fr; } .grid.three { grid-template-columns: minmax(0, 1fr); } .map table { min-width: 0; } .map th, .map td { font-size: 11px; padding: 4px 1px; } }
`;
