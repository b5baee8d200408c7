import { createHash } from 'node:crypto';

/** The whole style of every page; inline, so that a page needs no second request. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1c2024; --quiet: #545b64; --ground: #f6f7f8; --card: #ffffff; --line: #7d858e;
  --soft: #dcdfe3; --accent: #1553a8; --on-accent: #ffffff; --error: #a8201a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8eaed; --quiet: #a9b0b8; --ground: #15181b; --card: #1e2226; --line: #8a929b;
    --soft: #363c42; --accent: #8ab8f5; --on-accent: #0d1b2d; --error: #ff9d95;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1.5rem 1rem 3rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main {
  max-width: 36rem; margin: 0 auto; padding: 1.5rem; background: var(--card);
  border: 1px solid var(--soft); border-radius: .75rem;
}
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 0 0 .25rem; font-size: 1.05rem; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
ol, ul { margin: 0 0 1.5rem; padding-left: 1.5rem; }
li { margin-bottom: .25rem; }
.quiet { color: var(--quiet); }
.field { margin-bottom: 1.5rem; }
label { display: block; font-weight: 600; overflow-wrap: anywhere; }
.hint, .wrong { display: block; margin: 0 0 .4rem; }
.hint { color: var(--quiet); font-size: .94rem; }
.wrong { color: var(--error); font-weight: 600; }
input {
  display: block; width: 100%; padding: .6rem .7rem; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--line); border-radius: .4rem;
}
input[aria-invalid] { border: 2px solid var(--error); }
.code { max-width: 11rem; letter-spacing: .15em; font-variant-numeric: tabular-nums; }
button {
  width: 100%; padding: .7rem 1.2rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 0; border-radius: .4rem;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.summary {
  margin: 0 0 1.5rem; padding: 1rem; border: 2px solid var(--error); border-radius: .4rem;
}
.summary ul { margin: 0 0 .5rem; padding: 0; list-style: none; }
.summary p { margin: 0; }
.summary a, .summary h2 { color: var(--error); }
@media (min-width: 32rem) { main { padding: 2rem; } button { width: auto; } }
`;

/** For the Content-Security-Policy: this style and no other. */
export const PAGE_STYLE_HASH = `sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}`;
