// Runs the script of a graph's page with as much of a browser as it needs, and looks at the calls that it makes.
import assert from "node:assert";
import { readFileSync } from "node:fs";
import vm from "node:vm";

const script = readFileSync(0, "utf8");
const key = "slc_live_secret";

function page(form, input) {
  const element = (more = {}) => ({ textContent: "", hidden: true, value: "", dataset: {}, ...more });
  const elements = { said: element(), answer: element(), key: element({ value: "  " + key + "\n" }), input: element({ value: input }) };
  const listeners = {};
  elements[form] = element({ dataset: { graph: "01GRAPH" }, addEventListener: (name, act) => { listeners[name] = act; } });
  const calls = [];
  const context = {
    document: { getElementById: (id) => elements[id] ?? null },
    performance: { now: () => 0 },
    fetch: async (url, options) => {
      calls.push({ url, options });
      return { ok: false, status: 403, text: async () => '{"detail":"<b>The key lacks a scope.</b>"}' };
    },
    DOMParser: class {}, JSON, String, Math, encodeURIComponent,
  };
  vm.runInNewContext(script, context);
  return { elements, calls, submit: async () => {
    let prevented = false;
    await listeners.submit({ preventDefault: () => { prevented = true; }, target: elements[form] });
    assert.ok(prevented, "the browser would send the form by itself");
  } };
}

const typed = '{"number": 9007199254740993}';
const tried = page("try", typed);
await tried.submit();
assert.equal(tried.calls.length, 1);
assert.equal(tried.calls[0].url, "/invocations/v1/flows/invoke");
assert.equal(tried.calls[0].options.headers.Authorization, "Bearer " + key);
assert.equal(tried.calls[0].options.body, '{"graph_id":"01GRAPH","wait":true,"input":' + typed + "}");
assert.equal(tried.calls[0].options.credentials, "omit");
assert.match(tried.elements.answer.textContent, /<b>The key lacks/);
assert.ok(!JSON.stringify(tried.calls[0].url + tried.calls[0].options.body).includes(key));

const broken = page("try", '1}, "graph_id": {');
await broken.submit();
assert.equal(broken.calls.length, 0);
assert.match(broken.elements.said.textContent, /no JSON/);

const opened = page("open", "");
await opened.submit();
assert.equal(opened.calls[0].url, "/api/v1/graphs/01GRAPH/docs");
assert.equal(opened.calls[0].options.headers.Authorization, "Bearer " + key);
assert.equal(opened.elements.said.textContent, "403: <b>The key lacks a scope.</b>");

for (const store of ["localStorage", "sessionStorage", "cookie", "innerHTML", "history", "location"])
  assert.ok(!script.includes(store), store);
