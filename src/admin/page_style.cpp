// SPDX-License-Identifier: Apache-2.0
#include "admin/status_page.h"

namespace wakeline::admin {

std::string page_style() {
    return R"css(:root {
  color-scheme: light dark;
  --back: #fbfbfa; --fore: #1c1e21; --soft: #5b6168; --line: #d5d8dc; --card: #fff; --good: #17692f; --bad: #b3261e;
  --accent: #0b57a4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #131518; --fore: #e8eaed; --soft: #a4abb3; --line: #353a40; --card: #1c1f23; --good: #7bd694; --bad: #ff9c92;
    --accent: #8ec4ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--fore); font: 16px/1.45 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; padding: .8rem 1rem;
  border-bottom: 1px solid var(--line); }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
#node, #about { color: var(--soft); font-weight: normal; margin: 0; }
main { display: grid; gap: 1rem; padding: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); }
section { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; min-width: 0; }
section > div { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
caption { text-align: left; color: var(--soft); font-size: .85rem; padding-bottom: .3rem; }
dl { display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; margin: 0; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
ul { margin: 0; padding-left: 1.1rem; }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 600; }
.soft { color: var(--soft); }
button, input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .3rem;
  padding: .3rem .6rem; min-height: 2.2rem; }
button { cursor: pointer; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 0; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--fore); font: 12px system-ui, sans-serif; }
svg .axis { stroke: var(--line); }
svg .mark { fill: var(--accent); }
svg .span { stroke: var(--accent); stroke-width: 2; }
)css";
}

} // namespace wakeline::admin
