// DBOS: a durable workflow whose steps are checkpointed in PostgreSQL, in the process that took the call.
import { DBOS } from "@dbos-inc/dbos-sdk";
import { mark, serve, sign } from "./serve.js";

DBOS.setConfig({ name: "bench", systemDatabaseUrl: process.env.DATABASE_URL, runAdminServer: false, logLevel: "warn" });

const one = DBOS.registerWorkflow((note) => DBOS.runStep(async () => sign(note), { name: "sign" }), { name: "one" });
const three = DBOS.registerWorkflow(
  async (note) => {
    const signed = await DBOS.runStep(async () => sign(note), { name: "sign" });
    const marked = await DBOS.runStep(async () => mark(signed), { name: "mark" });
    return DBOS.runStep(async () => mark(marked), { name: "mark again" });
  },
  { name: "three" },
);

await DBOS.launch();
serve({ "/one": one, "/three": three });
