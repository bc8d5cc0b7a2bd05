// graphile-worker 0.17: a durable queue on PostgreSQL. Each step is a job; the one after it is added when it has
// succeeded, and the caller is answered after the last one is on record as done.
import { run } from "graphile-worker";
import { mark, serve, sign } from "./serve.js";

const waiting = new Map();
let last = 0;

const runner = await run({
  connectionString: process.env.DATABASE_URL,
  concurrency: 16,
  maxPoolSize: 20,
  crontab: "",
  pollInterval: 1000,
  noHandleSignals: true,
  logger: undefined,
  taskList: {
    step: async (payload, helpers) => {
      const note = payload.at === 0 ? sign(payload.note) : mark(payload.note);
      const next = { ...payload, at: payload.at + 1, note };
      if (next.at < payload.steps) await helpers.addJob("step", next);
      else waiting.get(payload.id).note = note;
    },
  },
});

runner.events.on("job:success", ({ job }) => {
  if (job.payload.at + 1 < job.payload.steps) return;
  const { answer, note } = waiting.get(job.payload.id);
  waiting.delete(job.payload.id);
  answer(note);
});

const flow = (steps) => (note) =>
  new Promise((answer, refuse) => {
    const id = ++last;
    waiting.set(id, { answer });
    runner.addJob("step", { id, at: 0, steps, note }).catch(refuse);
  });

serve({ "/one": flow(1), "/three": flow(3), "/ten": flow(10) });
