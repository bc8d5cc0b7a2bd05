// The script of a graph's page. The key is read from its field when it is needed, goes into a header, and is kept nowhere.
"use strict";

const by = (id) => document.getElementById(id);
const say = (text) => { by("said").textContent = text; };
const headers = (more) => ({ Authorization: "Bearer " + by("key").value.trim(), ...more });

// What went wrong, in the server's words where it has some.
async function reason(answer) {
  const text = await answer.text();
  try {
    const problem = JSON.parse(text);
    return problem.detail || problem.error?.message || String(problem.error || text);
  } catch {
    return text;
  }
}

async function open(event) {
  event.preventDefault();
  say("Asking …");
  try {
    const graph = encodeURIComponent(event.target.dataset.graph);
    const answer = await fetch("/api/v1/graphs/" + graph + "/docs", { headers: headers(), cache: "no-store", credentials: "omit" });
    if (!answer.ok) return say(answer.status + ": " + (await reason(answer)));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const key = by("key").value;
    document.title = page.title;
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    by("key").value = key;
    begin();
    document.querySelector("main").focus();
  } catch (error) {
    say("No answer: " + error.message);
  }
}

async function run(event) {
  event.preventDefault();
  const input = by("input").value;
  try {
    JSON.parse(input);
  } catch (error) {
    return say("The input is no JSON: " + error.message);
  }
  say("Running …");
  by("answer").hidden = true;
  // The input goes as it was typed: a large number would not survive being read and written here.
  const body = '{"graph_id":' + JSON.stringify(event.target.dataset.graph) + ',"wait":true,"input":' + input + "}";
  const begun = performance.now();
  try {
    const answer = await fetch("/invocations/v1/flows/invoke", {
      method: "POST", headers: headers({ "Content-Type": "application/json" }), body, cache: "no-store", credentials: "omit",
    });
    const took = Math.round(performance.now() - begun);
    by("answer").textContent = await answer.text();
    by("answer").hidden = false;
    say(answer.status + " in " + took + " ms");
  } catch (error) {
    say("No answer: " + error.message);
  }
}

function begin() {
  by("open")?.addEventListener("submit", open);
  by("try")?.addEventListener("submit", run);
}

begin();
