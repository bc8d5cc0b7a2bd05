// Leads from the loopback of this sandbox, where clients look for a proxy (HTTPS_PROXY), to the one socket that leads out
// of it.
import * as net from "node:net";

const PORT = 3128;
const MAX_CONNECTIONS = 32;

/** Does nothing for a package without a grant. */
export function leadOut(): void {
    const path = process.env["SLUICE_EGRESS"];
    if (path === undefined) return;
    const server = net.createServer({ allowHalfOpen: true }, (inner: any) => {
        const outer = net.connect({ path, allowHalfOpen: true });
        for (const [from, to] of [[inner, outer], [outer, inner]] as const) {
            from.on("error", () => to.destroy());
            from.pipe(to);
        }
    });
    server.listen(PORT, "127.0.0.1", MAX_CONNECTIONS);
}
