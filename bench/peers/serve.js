// What the two durable peers share: HTTP in front, JSON in and out, and the steps of the measured flow.
import { createServer } from "node:http";

export const sign = (note) => ({ text: `${note.text}, from ${process.env.SIGNATURE}` });
export const mark = (note) => ({ text: `${note.text}!` });

/** @param {Record<string, (note: {text: string}) => Promise<{text: string}>>} flows by path */
export function serve(flows) {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", async () => {
      try {
        const flow = flows[request.url];
        const answer = JSON.stringify(await flow(JSON.parse(body)));
        response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(answer) });
        response.end(answer);
      } catch (error) {
        console.error(error);
        response.writeHead(500).end();
      }
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(`listens on http://127.0.0.1:${server.address().port}`));
}
