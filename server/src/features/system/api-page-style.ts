/** The look of the page that shows the API; colours as in the web app's tokens. */
export const style = `
:root { color-scheme: light dark; --text: light-dark(#112123, #ecf1f2); --muted: light-dark(#546264, #9aa6a7);
  --canvas: light-dark(#f4f8f8, #091213); --surface: light-dark(#fff, #111c1d); --border: light-dark(#d3dbdc, #2c393b);
  --link: light-dark(#0b5563, #5b9baa); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 15rem minmax(0, 60rem); gap: 2rem; background: var(--canvas);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 1.5rem 0 1.5rem 1.5rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 0.25rem 0; }
main { padding: 1.5rem 1.5rem 4rem 0; }
h1 { font-size: 1.75rem; margin: 0 0 0.5rem; }
h2 { margin: 2.5rem 0 0.25rem; font-size: 1.25rem; border-bottom: 2px solid var(--border); padding-bottom: 0.25rem; }
h2 + p { color: var(--muted); margin: 0 0 0.75rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 0.875rem; overflow-wrap: anywhere; }
details { background: var(--surface); border: 1px solid var(--border); margin: 0 0 -1px; padding: 0 1rem; }
summary { padding: 0.6rem 0; cursor: pointer; }
summary code:first-child { display: inline-block; min-width: 4.5rem; font-weight: 700; }
summary span { color: var(--muted); }
details[open] { padding-bottom: 0.75rem; }
pre { overflow: auto; max-height: 30rem; margin: 0.25rem 0; padding: 0.75rem; border: 1px solid var(--border); white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--border); }
q { quotes: '"' '"'; }
@media (max-width: 45rem) {
  body { display: block; padding: 0 1rem; }
  nav { position: static; padding: 1rem 0 0; max-height: none; }
  nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; }
  main { padding: 0 0 3rem; }
}`;
