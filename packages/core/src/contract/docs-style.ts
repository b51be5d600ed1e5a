/** The one style sheet of the reference page. Its digest stands in {@link docsPolicy}; the tests compare them. */
export const docsStyle = `
:root{color-scheme:light dark;--ink:#16202e;--soft:#5a6779;--line:#e3e8ef;--paper:#fff;--tint:#f6f8fb;--accent:#3257d6;--get:#14735a;--post:#3257d6;--put:#8a5a00;--patch:#8a5a00;--delete:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e7ecf3;--soft:#9aa7b8;--line:#2a3442;--paper:#11161d;--tint:#18202a;--accent:#8fa8ff;--get:#58c7a3;--post:#8fa8ff;--put:#e0b25c;--patch:#e0b25c;--delete:#ff8b80}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem}
body{margin:0;color:var(--ink);background:var(--paper);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;display:grid;grid-template-columns:17rem minmax(0,1fr);max-width:84rem;margin-inline:auto}
code,.path{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em}
a{color:inherit;text-decoration:none}
a:hover,a:focus-visible{text-decoration:underline}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:2rem 1rem 2rem 1.5rem;font-size:.875rem}
nav h2{font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);margin:1.5rem 0 .4rem}
nav ul{list-style:none;margin:0;padding:0}
nav li a{display:flex;gap:.5rem;padding:.15rem 0;align-items:baseline}
nav .method{flex:0 0 3.1rem;font-size:.625rem}
main{padding:2.5rem 2rem 6rem;border-left:1px solid var(--line);min-height:100vh}
h1{font-size:2rem;line-height:1.2;margin:0 0 .25rem}
.lead{color:var(--soft);margin:0 0 2rem}
section>h2{font-size:1.375rem;margin:3rem 0 1rem;padding-bottom:.4rem;border-bottom:1px solid var(--line);text-transform:capitalize}
article{border:1px solid var(--line);border-radius:.75rem;margin:0 0 1rem;padding:1.1rem 1.25rem;background:var(--paper)}
article:target{border-color:var(--accent);box-shadow:0 0 0 3px color-mix(in srgb,var(--accent) 18%,transparent)}
article h3{margin:0;font-size:1rem;font-weight:600;display:flex;flex-wrap:wrap;gap:.6rem;align-items:baseline}
article p{margin:.4rem 0 0}
.method{font-weight:700;font-size:.75rem;letter-spacing:.04em}
.GET{color:var(--get)}.POST{color:var(--post)}.PUT{color:var(--put)}.PATCH{color:var(--patch)}.DELETE{color:var(--delete)}
.chips{display:flex;flex-wrap:wrap;gap:.4rem;margin:.7rem 0 0;padding:0;list-style:none}
.chips li{font-size:.75rem;padding:.1rem .55rem;border-radius:1rem;background:var(--tint);border:1px solid var(--line);color:var(--soft)}
details{margin-top:.8rem}
summary{cursor:pointer;font-size:.875rem;color:var(--soft)}
table{width:100%;border-collapse:collapse;font-size:.875rem;margin-top:.5rem}
caption{text-align:left;font-weight:600;padding:.6rem 0 .2rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:500;white-space:nowrap}
td{color:var(--soft)}
@media (max-width:56rem){body{display:block}nav{display:none}main{border:0;padding:1.5rem 1rem 4rem}}
`

/** Nothing loads and nothing runs; only the page's own style applies. */
export const docsPolicy =
  "default-src 'none'; style-src 'sha256-oiNUh3a3qaueq+F/q42bjbLSnQ97nyPTTNeX6zs2+nI='; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
