// SPDX-License-Identifier: Apache-2.0
#include "admin/status_page.h"

namespace wakeline::admin {

namespace {

/// Nothing of a peer becomes markup: text nodes alone.
constexpr const char* kParts = R"js("use strict";
const SVG = "http://www.w3.org/2000/svg", EVERY_MS = 3000;
let token = sessionStorage.getItem("token") || "";
const at = id => document.getElementById(id);

async function ask(path, method = "GET") {
  const headers = token ? { Authorization: "Bearer " + token } : {};
  const response = await fetch("/api/v1/" + path, { method, headers, cache: "no-store" });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error || response.statusText);
  return body;
}
function make(tag, text, attributes = {}) {
  const node = document.createElement(tag);
  if (text !== undefined && text !== null) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
function draw(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}
function button(label, name, act) {
  const node = make("button", label, { type: "button", "aria-label": name });
  node.addEventListener("click", act);
  return node;
}
/// Columns: [head, row => text or node].
function table(caption, columns, rows, none) {
  if (!rows.length) return make("p", none, { class: "soft" });
  const out = make("table"), head = make("tr"), body = make("tbody"), top = make("thead");
  out.append(make("caption", caption));
  for (const [title] of columns) head.append(make("th", title, { scope: "col" }));
  for (const row of rows) {
    const line = make("tr");
    for (const [, cell] of columns) {
      const value = cell(row), box = make("td");
      box.append(value instanceof Node ? value : String(value ?? ""));
      line.append(box);
    }
    body.append(line);
  }
  top.append(head);
  out.append(top, body);
  return out;
}
function put(id, ...nodes) {
  const place = at(id), focus = place.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
  place.replaceChildren(...nodes);
  if (focus) [...place.querySelectorAll("button")].find(b => b.getAttribute("aria-label") === focus)?.focus();
}
const word = (text, good) => make("span", text, { class: good ? "good" : "bad" });
const time = text => text ? new Date(text).toLocaleString() : "";
)js";

constexpr const char* kPictures = R"js(
/// A call as a line of time: a mark and a word for each step, each on a height of its own so that none hides another.
function timeline(call) {
  const steps = call.timeline || [], end = Math.max(1, ...steps.map(s => s.at_ms)), high = 30 + steps.length * 18;
  const said = steps.map(s => Math.round(s.at_ms) + " ms " + s.what).join(", ");
  const svg = draw("svg", { viewBox: "0 0 640 " + high, role: "img", "aria-label": "Timeline: " + said });
  svg.append(draw("line", { x1: 10, x2: 630, y1: 12, y2: 12, class: "axis" }));
  steps.forEach((step, i) => {
    const x = 10 + 400 * step.at_ms / end, y = 34 + i * 18;
    svg.append(draw("line", { x1: x, x2: x, y1: 12, y2: y - 5, class: "axis" }));
    svg.append(draw("circle", { cx: x, cy: 12, r: 4, class: "mark" }));
    svg.append(draw("text", { x: x + 4, y }, Math.round(step.at_ms) + " ms " + step.what + (step.detail ? ": " + step.detail : "")));
  });
  return svg;
}
/// From the push to the registration of the phone, per call.
function wakes(calls) {
  const found = [];
  for (const call of calls) {
    const first = what => call.timeline?.find(s => s.what === what);
    const pushed = first("push_sent"), back = first("registered");
    if (pushed && back && back.at_ms > pushed.at_ms) found.push({ id: call.id, ms: back.at_ms - pushed.at_ms });
  }
  if (!found.length) return make("p", "no phone was woken for the calls of before", { class: "soft" });
  const most = Math.max(...found.map(f => f.ms)), wide = 600 / found.length;
  const mean = Math.round(found.reduce((sum, f) => sum + f.ms, 0) / found.length);
  const label = found.length + " wakes, mean " + mean + " ms, longest " + Math.round(most) + " ms";
  const svg = draw("svg", { viewBox: "0 0 640 160", role: "img", "aria-label": label });
  found.reverse().forEach((wake, i) => {
    const high = 120 * wake.ms / most;
    const bar = draw("rect", { x: 20 + i * wide, y: 130 - high, width: Math.max(1, wide - 2), height: high, class: "mark" });
    bar.append(draw("title", {}, "call " + wake.id + ": " + Math.round(wake.ms) + " ms"));
    svg.append(bar);
  });
  svg.append(draw("line", { x1: 20, x2: 620, y1: 130, y2: 130, class: "axis" }), draw("text", { x: 20, y: 150 }, label));
  return svg;
}
)js";

constexpr const char* kSections = R"js(
function overview(s) {
  at("node").textContent = s.node;
  at("about").textContent = "version " + s.version + ", up " + Math.floor(s.uptime_s / 60) + " min, " + new Date().toLocaleTimeString();
  put("alarms", ...(s.warnings.length ? s.warnings.map(w => make("li", w, { class: "bad" })) : [make("li", "none", { class: "good" })]));
  const counts = [["Calls", s.calls.established], ["Ringing", s.calls.ringing], ["Held for a sleeping phone", s.calls.held],
    ["Devices", s.registrations.devices], ["Awake", s.registrations.awake]];
  put("now", ...counts.map(([name, value]) => { const box = make("div"); box.append(make("dt", name), make("dd", value)); return box; }));
  put("trunks", table("Who answers, and since when", [["PBX", t => t.name], ["State", t => word(t.state, t.state === "up")],
    ["Since", t => time(t.since)], ["Calls", t => t.calls], ["Why", t => t.why]], s.trunks, "no PBX is configured"));
  put("push", table("What they answered", [["App", p => p.name], ["Service", p => p.provider],
    ["State", p => word(p.state, p.state === "ready" || p.state === "not used yet")], ["Accepted", p => p.accepted],
    ["Failed", p => p.refused + p.unavailable + p.token_dead], ["Last", p => (p.last_status || "") + " " + p.last_reason]],
    s.push_apps, "no push app is configured"));
  put("credentials", table("What ends when", [["Setting", c => c.name], ["State", c => word(c.state, c.state === "active")],
    ["Days left", c => c.days_left], ["What", c => c.problem || c.subject]], s.credentials, "none"));
  put("listeners", table("Where we listen", [["Name", l => l.name], ["For", l => l.side], ["Transport", l => l.transport],
    ["Address", l => l.address], ["Connections", l => l.connections]], s.listeners, "none"));
}
async function act(path, question) {
  if (!confirm(question)) return;
  try { await ask(path, "POST"); } catch (error) { alert(error.message); }
  refresh();
}
function personal(calls, ended, devices) {
  const columns = [["When", c => time(c.started)], ["From", c => c.caller], ["To", c => c.callee], ["State", c => c.state],
    ["", c => button("Timeline", "Timeline of call " + c.id, () => show(c.id))]];
  const live = [...columns, ["", c => button("End", "End call " + c.id, () => act("calls/" + encodeURIComponent(c.id) + "/end", "End this call?"))]];
  put("calls", table("Live", live, calls, "no call at this moment"), table("Before", columns, ended.slice(0, 20), "no call before"));
  put("wakes", wakes(ended));
  put("registrations", table("Devices", [["User", r => r.aor.replace(/^sips?:/, "")], ["Device", r => r.device],
    ["State", r => word(r.registered ? r.state : "push only", r.registered)], ["Push", r => r.push], ["From", r => r.received],
    ["", r => button("Test push", "Test push to " + r.aor, () => act("push-test?number=" + encodeURIComponent(r.aor.replace(/^sips?:/, "")), "Wake this user's devices?"))],
    ["", r => button("Drop", "Drop device " + r.device + " of " + r.aor, () => act("registrations/" + r.id + "/drop", "Forget this device until it registers again?"))]],
    devices, "nobody is registered"));
}
function tell(head, ...nodes) {
  at("answer-head").textContent = head;
  put("answer-body", ...nodes);
  at("answer").hidden = false;
  at("answer-head").focus();
}
async function show(id) {
  const call = await ask("calls/" + encodeURIComponent(id));
  tell("Call " + id, timeline(call), ...(call.explanation || []).map(text => make("p", text)));
}
async function why(user) {
  const report = await ask("why?user=" + encodeURIComponent(user));
  tell("Why " + user, ...(report.explanation || []).map(text => make("p", text)));
}
)js";

constexpr const char* kStart = R"js(
async function refresh() {
  try {
    overview(await ask("status"));
  } catch (error) {
    at("about").textContent = "Wakeline does not answer: " + error.message;
    return;
  }
  for (const section of document.querySelectorAll(".personal")) section.hidden = !token;
  at("search").hidden = !token;
  if (!token) return;
  try {
    personal(...await Promise.all([ask("calls"), ask("calls?ended=1&limit=100"), ask("registrations")]));
  } catch (error) {
    token = "";
    sessionStorage.removeItem("token");
    tell("The token is not taken", make("p", error.message));
  }
}
at("login").addEventListener("submit", event => {
  event.preventDefault();
  token = at("token").value.trim();
  sessionStorage.setItem("token", token);
  at("token").value = "";
  refresh();
});
at("search").addEventListener("submit", event => {
  event.preventDefault();
  const query = at("query").value.trim();
  if (query) show(query).catch(() => why(query)).catch(error => tell("No answer", make("p", error.message)));
});
/// wakelinectl and tests open the page signed in: the part behind # is never sent to anybody.
if (location.hash.startsWith("#token=")) {
  token = decodeURIComponent(location.hash.slice(7));
  sessionStorage.setItem("token", token);
  history.replaceState(null, "", location.pathname);
}
refresh();
setInterval(refresh, EVERY_MS);
)js";

} // namespace

std::string page_script() { return std::string(kParts) + kPictures + kSections + kStart; }

} // namespace wakeline::admin
