"""The report's style sheet: readable on a screen, light or dark, and on paper."""

STYLE = """
:root { color-scheme: light dark; --text: #1b212b; --muted: #5b6473; --line: #e0e4e9; --paper: #ffffff;
  --accent: #235fd1; --track: #e3e6ea; --good: #177a3b; --bad: #b91c1c; }
@media (prefers-color-scheme: dark) { :root { --text: #eceff4; --muted: #9ca6b4; --line: #323942; --paper: #1c2127;
  --accent: #78a7ff; --track: #2e353e; --good: #55c670; --bad: #ff837a; } }
@media print { :root { --text: #000; --muted: #444; --line: #bbb; --paper: #fff; --accent: #235fd1; --track: #ddd;
  --good: #177a3b; --bad: #b91c1c; } body { font-size: 11px; } }
body { max-width: 780px; margin: 2rem auto; padding: 0 1rem; color: var(--text); background: var(--paper);
  font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.9em; margin: 0; } h2 { margin: 2.2em 0 .6em; border-bottom: 1px solid var(--line);
  break-after: avoid; }
h3 { margin: 0; } p { margin: .3em 0; } .muted, figcaption, thead th { color: var(--muted); font-weight: normal; }
figure { margin: .6em 0; } figcaption, .facts { font-size: .85em; }
img { image-rendering: crisp-edges; image-rendering: pixelated; max-width: 100%; height: auto; display: block;
  outline: 1px solid var(--line); }
article { margin: 1.6em 0; break-inside: avoid; }
.steps { display: flex; flex-wrap: wrap; gap: 1em; } .steps img { width: 110px; }
.bar { display: inline-block; width: 90px; height: .6em; border-radius: 2px; }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
table { border-collapse: collapse; } th, td { padding: .15em .7em .15em 0; text-align: right; }
tbody th, thead th:first-child { text-align: left; font-weight: normal; }
.words td, .words th { text-align: left; vertical-align: top; }
.answer { width: 100%; } .answer td, .answer th { white-space: nowrap; } .answer .wide { width: 45%; }
 .best th, .best td { font-weight: 600; }
.track { background: var(--track); height: .7em; border-radius: 2px; } .track div { height: 100%; border-radius: 2px;
  background: var(--accent); }
.sum { display: flex; flex-wrap: wrap; align-items: center; gap: .6em; margin: .5em 0; break-inside: avoid; }
.sum .name { flex-basis: 100%; } .grid td { min-width: 3.2em; padding: .2em .3em; text-align: center;
  border: 1px solid var(--paper); font-size: .8em; } .grid .outside { opacity: .45; }
.grid .won { outline: 2px solid var(--accent); } .tick { color: var(--good); } .cross { color: var(--bad); }
.result { font-size: 1.1em; }
"""
