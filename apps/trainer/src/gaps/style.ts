/** What the gap atlas adds to the report's style sheet. */
export const GAPS_STYLE = `
.gaps main { max-width: 1100px; }
svg.heat { max-width: none; font-size: 12px; }
.heat rect { stroke: #fff; stroke-width: 1; } .heat rect.empty { fill: #f1f3f5; } .heat rect.found { fill: none; stroke: #111827; stroke-width: 2; }
.heat text { fill: var(--ink); } .heat .row { text-anchor: end; } .heat .column { fill: var(--quiet); } .heat .value { text-anchor: middle; font-size: 11px; font-variant-numeric: tabular-nums; } .heat .light { fill: #fff; } .heat .strong { font-weight: 700; }
.shades { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 13px; color: var(--quiet); margin-top: 10px; }
.shades span, .stages span { white-space: nowrap; } .shades i, .stages i { display: inline-block; width: 14px; height: 14px; margin-right: 5px; vertical-align: -2px; border-radius: 2px; }
.shades i.frame { border: 2px solid #111827; } .shades i.none { background: #f1f3f5; border: 1px solid var(--line); }
.stages { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 13px; color: var(--quiet); }
.gaps td.text, .gaps th.text { text-align: left; } .gaps td:not(.text) { white-space: nowrap; } .gaps tbody th { overflow-wrap: anywhere; min-width: 150px; } .gaps tbody th small { display: block; font-weight: 400; color: var(--quiet); font-size: 13px; } .gaps td.text { padding-left: 14px; min-width: 130px; } .gaps td.text small { white-space: normal; }
svg.share { width: 130px; height: 12px; }
.gaps details { border-top: 1px solid var(--line); padding: 8px 0; } .gaps summary { cursor: pointer; font-weight: 600; } .gaps details ul { margin: 6px 0; padding-left: 20px; font-size: 15px; } .gaps ul.method li { overflow-wrap: anywhere; }
@media print { .gaps details { break-inside: avoid; } }
`;
