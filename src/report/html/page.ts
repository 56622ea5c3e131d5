import { escapeText } from './markup.ts';

const STYLE = `
:root { color-scheme: light dark; --text: #1d2733; --faint: #6b7785; --line: #d9dfe6; --back: #ffffff;
  --c0: #2563a8; --c1: #c2571a; --c2: #2b8a5a; --c3: #8a3fa0; --c4: #b03052; --c5: #6f6a1c; }
@media (prefers-color-scheme: dark) { :root { --text: #dfe6ee; --faint: #93a0ae; --line: #334150; --back: #14191f;
  --c0: #6aa9e9; --c1: #ef9a63; --c2: #66c795; --c3: #c58ad8; --c4: #ea7f9a; --c5: #cfc766; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.2rem; font-size: 1.15rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; } dt { font-weight: 600; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: 14px; } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
pre, .wide { overflow-x: auto; } tr.failed td { color: var(--c4); } tr.not-run td, tr.cached td { color: var(--faint); }
svg { max-width: 100%; height: auto; } svg text { fill: var(--text); font: 12px system-ui, sans-serif; } svg text.small { font-size: 10px; } svg text.axis { fill: var(--faint); }
svg text.inside { font-size: 10px; fill: var(--back); }
.grid { stroke: var(--line); } .front { fill: none; stroke: var(--faint); stroke-dasharray: 4 3; } .limit { stroke: var(--c4); stroke-dasharray: 6 3; }
.curve { fill: none; stroke: var(--c0); stroke-width: 1.5; } .flow { stroke: var(--faint); stroke-width: 2; } rect.se { fill: #e8b321; }
.right { fill: var(--c2); } .wrong { fill: var(--c4); }
path.edge, path.arc { fill: none; stroke: var(--faint); stroke-width: 1.5; } rect.node { fill: var(--back); stroke: var(--faint); } h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
circle { fill-opacity: .7; } ${[0, 1, 2, 3, 4, 5].map((n) => `.c${n} { fill: var(--c${n}); background: var(--c${n}); } path.c${n} { stroke: var(--c${n}); }`).join(' ')}
.legend { color: var(--faint); font-size: 13px; } .dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin: 0 .4em 0 .9em; } span.line { display: inline-block; width: 1.6em; margin: 0 .4em .25em .9em; border-top: 2px dashed var(--faint); } span.line.limit { border-color: var(--c4); } .dot.se { background: #e8b321; }
`.trim();

/** A whole HTML document. It loads nothing, so that it can be mailed and kept. */
export const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
${body}
</body>
</html>
`;
