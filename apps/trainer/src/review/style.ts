/** What a review adds to the report's style sheet. */
export const REVIEW_STYLE = `
:root { --ship: #0b6350; --hold: #a4262c; --open: #5b4300; --caution: #8a5a00; --grey: #616975; --shade: #f6e3e1; }
.review main { max-width: 980px; padding-top: 22px; }
.review section { break-inside: auto; }
.review h2 { break-after: avoid; } .review h3 { font-size: 15px; margin: 18px 0 2px; break-after: avoid; }
.review figure { margin: 0; } .review p, .review li, .review tbody th, .review dd, .review h1 { overflow-wrap: anywhere; } .texts tbody th { min-width: 132px; } .review .effects tbody th { min-width: 176px; } .review p, .review li, .review h1 { text-wrap: pretty; } .review section p, .review section li { font-size: 15px; }
.review code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .85em; color: var(--quiet); }
.review ul, .review ol { margin: 6px 0; padding-left: 20px; }
.review small { color: var(--quiet); font-size: 13px; font-weight: 400; }
.review p.trace { font-size: 12px; margin: 6px 0 0; } .trace a { color: var(--grey); text-decoration: none; } .trace a:hover { text-decoration: underline; }
.absent { color: var(--grey); }
.notice { display: flex; gap: 10px; align-items: flex-start; margin: 0 0 8px; padding: 8px 12px; border: 1px solid #d9a441; border-left-width: 5px; border-radius: 8px; background: #fff8e8; font-size: 15px; line-height: 1.4; }
.notice .icon { flex: none; margin-top: 3px; } .notice span { min-width: 0; overflow-wrap: anywhere; }
.icon { display: inline-block; max-width: none; width: 15px; height: 15px; vertical-align: -2px; flex: none; }
.icon path { fill: none; stroke: #fff; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.icon.green circle { fill: var(--ship); } .icon.red rect { fill: var(--hold); } .icon.amber path.shape { fill: var(--caution); stroke: none; }
.icon.same circle { fill: var(--grey); } .icon.absent circle { fill: none; stroke: var(--grey); stroke-width: 1.5; stroke-dasharray: 2.5 2; } .icon.absent path { stroke: var(--grey); }
.state { white-space: nowrap; font-weight: 600; font-size: 13px; }
.state.green { color: var(--ship); } .state.amber { color: var(--caution); } .state.red { color: var(--hold); } .state.absent, .state.same { color: var(--grey); }
.review header h1 { margin: 2px 0 4px; font-size: 25px; } .review .question { margin: 0; font-size: 15px; line-height: 1.45; }
.facts { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 8px 16px; margin: 12px 0 0; }
.facts dt { color: var(--quiet); font-size: 12px; } .facts dd { margin: 0; font-size: 14px; line-height: 1.35; font-weight: 600; } .facts dd small { display: block; font-size: 12px; }
.band { margin-top: 14px; padding: 14px 20px; border-radius: 12px; color: #fff; background: var(--open); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.band.ship { background: var(--ship); } .band.hold { background: var(--hold); }
.band p { margin: 0; } .band .verdict { font-size: 22px; line-height: 1.2; } .band .verdict strong { font-size: 40px; letter-spacing: .01em; margin-right: 6px; }
.band .headline { font-size: 18px; line-height: 1.35; margin-top: 6px; } .band .risk { font-size: 15px; line-height: 1.4; margin-top: 6px; }
.reasons { font-size: 15px; line-height: 1.4; } .reasons li { margin: 2px 0; } .reasons code { white-space: nowrap; }
.review .lights { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 10px; list-style: none; padding: 0; margin: 12px 0; }
.lights li { background: #fff; border: 1px solid var(--line); border-top: 5px solid var(--grey); border-radius: 8px; padding: 8px 10px; font-size: 13px; line-height: 1.35; }
.lights li.green { border-top-color: var(--ship); } .lights li.amber { border-top-color: var(--caution); } .lights li.red { border-top-color: var(--hold); } .lights li.absent { border-top-style: dashed; color: var(--grey); }
.review .lights h3 { margin: 0; } .review .lights p { margin: 2px 0 0; font-size: 13px; text-wrap: wrap; }
.lifts, .flips { background: #fff; border: 1px solid var(--line); border-radius: 12px; padding: 10px 16px; margin-top: 10px; }
.primary { margin: 0 0 4px; } .primary strong { font-size: 22px; margin: 0 4px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.lifts.void { color: var(--grey); } .lifts.void h2 { margin: 0; font-size: 14px; } .lifts.void .primary { font-size: 13px; } .lifts.void .forest { opacity: .5; filter: grayscale(1); }
.review p.note { max-width: none; line-height: 1.4; font-size: 14px; }
.flips h2 { font-size: 16px; } .flips small { white-space: nowrap; } .flips ol { margin: 2px 0; font-size: 15px; line-height: 1.4; }
.review .forest { list-style: none; margin: 6px 0 2px; padding: 0; }
.forest li { display: grid; grid-template-columns: 28% minmax(0, 1fr) 34%; gap: 0 18px; align-items: center; padding: 3px 0; border-top: 1px solid var(--line); font-size: 14px; line-height: 1.3; break-inside: avoid; }
.forest.decided li { grid-template-columns: 27% minmax(0, 1fr) 25.5% 108px; }
.forest li:first-child, .forest li.head + li, .forest li.foot { border-top: 0; } .forest .head, .forest .foot { padding: 0; } .forest .head .mark, .forest .foot .mark { grid-column: 2; }
.head text { font-size: 12px; fill: var(--quiet); } .head svg.track { height: 18px; }
.forest .who { overflow-wrap: anywhere; font-weight: 600; } .forest .who small { display: block; font-size: 12px; line-height: 1.3; }
.forest .numbers { font-variant-numeric: tabular-nums; } .forest .numbers span, .forest .numbers strong { white-space: nowrap; } .forest .numbers small { font-size: 12px; }
.review section .forest li { font-size: 14px; } .forest .numbers small.block { display: block; white-space: nowrap; } .forest .foot small { display: block; text-align: center; overflow-wrap: anywhere; }
svg.track { display: block; width: 100%; height: 24px; overflow: visible; }
.track .forbidden { fill: var(--shade); } .track .band { fill: #e3e6ea; margin: 0; }
.track .threshold { stroke: #111827; stroke-width: 2; } .track .zero { stroke: #6b7280; stroke-dasharray: 2 2; } .track .reference { stroke: #111827; stroke-width: 1.5; }
.track .estimate { stroke: #0b5cad; stroke-width: 2; fill: #0b5cad; } .track .estimate svg { overflow: visible; }
.track.good .estimate { stroke: var(--ship); fill: var(--ship); } .track.bad .estimate { stroke: var(--hold); fill: var(--hold); } .track.open .estimate { stroke: var(--caution); fill: var(--caution); }
.track.axis line { stroke: #6b7280; } .track.axis text { font-size: 12px; fill: var(--quiet); }
.review table.texts td, .review table.texts th, .review td.text, .review th.text { text-align: left; } .review td.text, .review thead th.text { padding-left: 16px; }
table.texts { min-width: 640px; } table.effects { min-width: 840px; } .review td { overflow-wrap: break-word; } .review td:not(.text), .effects td small { white-space: nowrap; } .review table.texts td, .review td[colspan], .review .because small { white-space: normal; }
.effects tbody th small { display: block; } .effects tbody tr > * { border-bottom: 0; padding-bottom: 2px; }
.review .effects tr.because td { text-align: left; border-bottom: 1px solid var(--line); padding: 0 10px 8px 0; color: var(--quiet); font-size: 13px; } .effects tr.because small { display: inline; } .because div { position: sticky; left: 0; max-width: calc(100vw - 62px); }
.effects tr.group th { text-align: left; background: #f1f3f5; padding: 5px 8px; } .review .effects td.absent { text-align: left; padding-bottom: 9px; }
.review .effects tr { break-inside: avoid; } .effects tr.group, .effects tr:has(+ .because) { break-after: avoid; }
.beside { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 12px 28px; align-items: center; }
.numbers-list, .account { margin: 6px 0; font-size: 14px; } .numbers-list div { display: flex; justify-content: space-between; gap: 14px; padding: 4px 0; border-bottom: 1px solid var(--line); }
.numbers-list dt { color: var(--quiet); } .numbers-list dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
.account div { display: grid; grid-template-columns: 170px minmax(0, 1fr); gap: 2px 16px; padding: 4px 0; border-bottom: 1px solid var(--line); } .account dt { color: var(--quiet); } .account dd { margin: 0; } .review section .account li { font-size: 14px; } .account ul { margin: 0; padding-left: 16px; }
svg.map { max-width: none; font-size: 11px; } .map rect { stroke: #d5d9de; stroke-width: 1; } .map rect.candidate { fill: #0b3d91; } .map rect.logged { fill: #44505f; } .map text { fill: var(--quiet); } .map .place { fill: var(--ink); font-weight: 600; }
.map .gap { stroke: var(--hold); stroke-width: 2; fill: none; } .map .faint-gap { stroke: var(--grey); stroke-width: 3; stroke-linecap: round; fill: none; }
.uncovered-list, .review details, .losers { font-size: 14px; } summary { cursor: pointer; color: var(--accent); }
@media (max-width: 640px) {
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); } .review .lights { grid-template-columns: minmax(0, 1fr); gap: 6px; }
  .band { padding: 12px 14px; } .band .verdict { font-size: 18px; } .band .verdict strong { font-size: 32px; display: block; } .band .headline { font-size: 16px; }
  .lifts, .flips { padding: 10px 14px; }
  .forest li, .forest.decided li { grid-template-columns: minmax(0, 1fr) auto; padding: 7px 0; } .forest li .who, .forest li .mark, .forest li.head .mark, .forest li.foot .mark { grid-column: 1 / -1; } .beside { grid-template-columns: minmax(0, 1fr); } .account div { grid-template-columns: minmax(0, 1fr); }
}
@page { size: A4; margin: 9mm 11mm; }
@media print {
  .review { font-size: 12px; line-height: 1.4; } .review main { max-width: none; padding: 0; }
  .page-one { break-after: page; } .density-2 { zoom: .94; } .density-3 { zoom: .84; } .review section .forest li { font-size: 11px; } .review section { border: 0; padding: 0; margin-top: 14px; } .review section p, .review section li, .review section .account li, .review p.note { font-size: 11px; } .review p.trace { font-size: 9.5px; } .review .scroll { overflow: visible; margin: 6px 0 0; padding: 0; }
  .review header h1 { font-size: 18px; } .review .question, .reasons, .flips ol, .notice, .review p.note, .uncovered-list, .losers, .review table, .account, .numbers-list { font-size: 11px; }
  .notice { padding: 4px 8px; margin-bottom: 5px; } .review header p.run { font-size: 10px; } .review .because div { max-width: none; } .review .lights p { font-size: 10.5px; } .review .texts tbody th { min-width: 100px; } .review .effects tbody th { min-width: 140px; } .review .effects tr.because td { font-size: 11px; } figure:not(:has(table, .forest)), .forest .foot { break-inside: avoid; } .review footer { font-size: 10px; margin-top: 10px; } .facts { margin-top: 6px; gap: 4px 10px; } .facts dd { font-size: 11px; } .facts dt, .facts dd small, .review small, .forest .who small, .forest .numbers small { font-size: 10px; }
  .band { margin-top: 8px; padding: 8px 12px; } .band .verdict { font-size: 15px; } .band .verdict strong { font-size: 28px; } .band .headline { font-size: 13.5px; margin-top: 3px; } .band .risk { font-size: 11.5px; margin-top: 3px; }
  .review .lights { gap: 6px; margin: 6px 0; } .lights li { font-size: 10.5px; padding: 5px 7px; } .review .lights h3 { font-size: 12px; } .state { font-size: 11px; }
  .lifts, .flips { padding: 6px 10px; margin-top: 6px; } .primary strong { font-size: 16px; } .forest li { font-size: 11px; padding: 1px 0; gap: 0 12px; } .forest.decided li { grid-template-columns: 28% minmax(0, 1fr) 25% 100px; } .track.axis text { font-size: 10px; } .head text { font-size: 9px; } .forest .who small { line-height: 1.2; } .flips h2 { font-size: 13px; }
  .review h2 { font-size: 15px; } .review h3 { font-size: 12.5px; margin-top: 12px; }
  table.texts, table.effects { min-width: 0; } .review table.texts td { overflow-wrap: anywhere; } th, td { font-size: 11px; padding: 4px 8px 4px 0; } tbody th { font-size: 11px; } svg.map { max-width: 100%; }
  .icon, .track, .lights li, svg rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; } figure svg, .numbers-list, tr, .losers li { break-inside: avoid; }
}
`;
