// Node-RED as a user would run it for HTTP flows, on loopback and without its editor.
module.exports = {
  uiHost: "127.0.0.1",
  uiPort: Number(process.env.PORT),
  flowFile: `${__dirname}/node-red-flows.json`,
  httpAdminRoot: false,
  telemetry: { enabled: false },
  logging: { console: { level: "info", metrics: false, audit: false } },
};
