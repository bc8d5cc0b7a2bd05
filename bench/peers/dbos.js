// DBOS: a durable workflow whose steps are checkpointed in PostgreSQL, in the process that took the call.
import { DBOS } from "@dbos-inc/dbos-sdk";
import { mark, serve, sign } from "./serve.js";

DBOS.setConfig({ name: "bench", systemDatabaseUrl: process.env.DATABASE_URL, runAdminServer: false, logLevel: "warn" });

const chain = (name, steps) =>
  DBOS.registerWorkflow(
    async (note) => {
      let last = await DBOS.runStep(async () => sign(note), { name: "sign" });
      for (let at = 1; at < steps; at++) last = await DBOS.runStep(async () => mark(last), { name: `mark ${at}` });
      return last;
    },
    { name },
  );
const one = chain("one", 1);
const three = chain("three", 3);
const ten = chain("ten", 10);

await DBOS.launch();
serve({ "/one": one, "/three": three, "/ten": ten });
