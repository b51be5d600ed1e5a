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
.card,ul>li{border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1.1rem;margin:0 0 .75rem}
.row,ul>li{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;align-items:baseline}
.soft,ul p{color:var(--soft);font-size:.875rem}
ul p{width:100%;margin:0}
b{font-size:.875rem;font-weight:600}
.group>h3{margin:1.25rem 0 .5rem}
.u{color:var(--u)}.d{color:var(--d)}.p{color:var(--p)}.o{color:var(--o)}.m{color:var(--m)}.n{color:var(--n)}
.marks{position:absolute;width:0;height:0}
rect{fill:currentColor}
[role]{display:block;width:100%;margin:.5rem 0 .25rem;background:currentColor;-webkit-mask:linear-gradient(90deg,#000 72%,#0000 0) 0 0/calc(100%/90) 100%;mask:linear-gradient(90deg,#000 72%,#0000 0) 0 0/calc(100%/90) 100%}
path{fill:none}
path.u{marker-mid:url(#u);marker-end:url(#u)}path.d{marker-mid:url(#d);marker-end:url(#d)}path.p{marker-mid:url(#p);marker-end:url(#p)}path.o{marker-mid:url(#o);marker-end:url(#o)}path.m{marker-mid:url(#m);marker-end:url(#m)}path.n{marker-mid:url(#n);marker-end:url(#n)}
.said{white-space:pre-line;margin-top:.5rem}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem}
@media (forced-colors:active){svg{forced-color-adjust:none}}
`

/** Nothing loads and nothing runs; only the page's own style applies. */
export const statusPolicy =
  "default-src 'none'; style-src 'sha256-8kOfHqv20POryMsrsT+Rv4rY8lDeguY/Z1S3w/9JJJY='; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
