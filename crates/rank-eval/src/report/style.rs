//! How the page looks.

/// The style sheet: colors are variables, with values for light and dark screens.
pub(super) const STYLE: &str = r":root {
  --page: #ffffff; --text: #1b1f24; --dim: #5b6570; --line: #d9dee3; --soft: #f4f6f8;
  --up: #1a6fb4; --down: #c2571a;
  --c0: #1a6fb4; --c1: #c2571a; --c2: #2a8a57; --c3: #8f4bb8; --c4: #b3333f; --c5: #7a6a12; --c6: #0f8a97; --c7: #6b6f76;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181d; --text: #e4e8ec; --dim: #98a3ae; --line: #333b44; --soft: #1d232a;
    --up: #5aaef0; --down: #f0935a;
    --c0: #5aaef0; --c1: #f0935a; --c2: #5cc98f; --c3: #c794ea; --c4: #f0818b; --c5: #d2bf55; --c6: #4fc9d6; --c7: #a9afb6;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header p { color: var(--dim); margin: 0; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.15rem; margin: 2.4rem 0 .7rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: .95rem; margin: .6rem 0 .3rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .55rem; border-bottom: 1px solid var(--line); white-space: nowrap; text-align: right; }
th { color: var(--dim); font-weight: 600; font-size: .85rem; }
th.name, td.name { text-align: left; }
tbody tr:hover { background: var(--soft); }
sup { color: var(--up); font-weight: 600; line-height: 0; margin-left: .1em; }
th sup { visibility: hidden; }
.note { color: var(--dim); font-size: .85rem; margin: .5rem 0; }
details { margin: .5rem 0; }
summary { cursor: pointer; padding: .3rem 0; font-weight: 600; }
.letter { display: inline-block; min-width: 1.4em; padding: 0 .35em; border-radius: .3em; background: var(--soft);
  color: var(--dim); text-align: center; font-size: .85em; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 0 2rem; }
.sides table { width: 100%; }
svg { display: block; width: 100%; height: auto; margin: .4rem 0; }
svg text { fill: var(--dim); font: 12px system-ui, sans-serif; }
svg text.strong { fill: var(--text); font-weight: 600; }
.axis { stroke: var(--line); stroke-width: 1; fill: none; }
.zero { stroke: var(--dim); stroke-width: 1; fill: none; }
.up { fill: var(--up); color: var(--up); } .down { fill: var(--down); color: var(--down); }
td.up, td.down { fill: none; font-weight: 600; }
.mean { stroke: var(--text); stroke-width: 2; }
@media print { details > *:not(summary) { display: block; } }
";
