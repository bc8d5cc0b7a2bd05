"use strict";
// Leads from the loopback of this sandbox to the one socket that leads out of it, for as long as a command runs.
const { spawn } = require("node:child_process");
const net = require("node:net");

const server = net.createServer((inner) => {
    const outer = net.connect(process.env.SLUICE_EGRESS);
    for (const [from, to] of [[inner, outer], [outer, inner]]) {
        from.on("error", () => to.destroy());
        from.pipe(to);
    }
});
server.listen(3128, "127.0.0.1", () => {
    const command = spawn(process.argv[2], process.argv.slice(3), { stdio: "inherit" });
    command.on("error", () => process.exit(127));
    command.on("exit", (code) => process.exit(code ?? 1));
});
