"""The styles of an exported page: the reader's own light or dark, and paper."""

CSS = """
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --ink: #1d1c1a; --soft: #5f5b54; --line: #ddd8cd;
  --link: #0b57a4; --mark: #ffe28a; --on-mark: #1d1c1a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #181a1d; --ink: #e7e4de; --soft: #a5a29b; --line: #3a3d42;
    --link: #8ab8f0; --mark: #665214; --on-mark: #fff3cf;
  }
}
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; }
header p, .facts, .places, .also, .notes, .band { color: var(--soft); font-size: .875rem; }
article { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1.5rem; }
h2 { font-size: 1.15rem; line-height: 1.35; margin: 0 0 .25rem; }
.facts p, .band { margin: 0; }
.answer { font-size: 1.3rem; font-weight: 600; line-height: 1.35; margin: 1rem 0 .25rem; }
.silent { font-style: italic; margin: 1rem 0 0; }
blockquote {
  margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line);
  font-family: Georgia, "Liberation Serif", "Times New Roman", serif; font-size: 1.05rem;
}
blockquote p { margin: 0; white-space: pre-wrap; }
mark { background: var(--mark); color: var(--on-mark); padding: .05em 0; }
ul { list-style: none; margin: 1rem 0 0; padding: 0; }
.places li { margin-top: .5rem; }
.number { color: var(--soft); font-variant-numeric: tabular-nums; }
.about { white-space: pre-wrap; }
.proof { font-size: .75rem; }
code { font-family: ui-monospace, "Liberation Mono", Menlo, monospace; font-size: .95em; }
a { color: var(--link); }
@page { margin: 2cm; }
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --ink: #000; --soft: #333; --line: #999; --link: #000; --mark: #ffe28a;
    --on-mark: #000;
  }
  main { max-width: none; padding: 0; }
  h2, .facts, .answer { break-after: avoid; }
  blockquote, .places li { break-inside: avoid; }
  mark { font-weight: 600; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
