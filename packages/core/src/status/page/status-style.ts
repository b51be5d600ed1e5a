/** The one style sheet of the status page. Its digest stands in {@link statusPolicy}; a test compares them. */
export const statusStyle = `
:root{color-scheme:light dark;--ink:#16202e;--soft:#526071;--line:#dde3eb;--paper:#fff;--tint:#f5f7fa;--u:#14735a;--d:#8a5a00;--p:#a8460b;--o:#b3261e;--m:#3257d6;--n:#c9d1db}
@media (prefers-color-scheme:dark){:root{--ink:#e7ecf3;--soft:#a3b0c0;--line:#2a3442;--paper:#11161d;--tint:#18202a;--u:#58c7a3;--d:#e0b25c;--p:#f09a5b;--o:#ff8b80;--m:#8fa8ff;--n:#3a4656}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:1rem 1.25rem 3rem;color:var(--ink);background:var(--paper);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:1rem 0}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem}
h3{font-size:1rem;margin:0}
a{color:inherit}
p{margin:.25rem 0}
ul,ol{list-style:none;margin:0;padding:0}
.banner{border:1px solid;border-left-width:.5rem;border-radius:.5rem;padding:.9rem 1.1rem;font-size:1.125rem;font-weight:600;background:var(--tint)}
.card{border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1.1rem;margin:0 0 .75rem}
.row{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;align-items:baseline}
.soft,.ends{color:var(--soft);font-size:.875rem}
.state{font-size:.875rem;font-weight:600}
.ends{display:flex;justify-content:space-between}
.group>h3{margin:1.25rem 0 .5rem}
.operational{color:var(--u)}.degraded{color:var(--d)}.partial_outage{color:var(--p)}.major_outage{color:var(--o)}.maintenance{color:var(--m)}
svg{display:block;width:100%;height:1.75rem;margin:.5rem 0 .25rem;-webkit-mask:linear-gradient(90deg,#000 72%,#0000 0) 0 0/calc(100%/90) 100%;mask:linear-gradient(90deg,#000 72%,#0000 0) 0 0/calc(100%/90) 100%}
path{stroke-width:2;fill:none;stroke:var(--n)}
.u{stroke:var(--u)}.d{stroke:var(--d)}.p{stroke:var(--p)}.o{stroke:var(--o)}.m{stroke:var(--m)}
.said{white-space:pre-line;margin-top:.5rem}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem}
@media (forced-colors:active){svg{forced-color-adjust:none}}
`

/** Nothing loads and nothing runs; only the page's own style applies. */
export const statusPolicy =
  "default-src 'none'; style-src 'sha256-oU4an47ULwtUObjI5HOc7sJSjjEaYcTA5jQ5vAyvo2s='; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
