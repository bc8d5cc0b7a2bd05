// Two OAuth clients that know nothing of this house log in by device, given only its address. Each code is printed, and the script goes
// on when somebody has decided (a line on standard input).
import assert from "node:assert";
import readline from "node:readline";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";

const issuer = new URL(process.argv[2]);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const decided = async (code) => {
  console.log(code);
  await lines.next();
};

const config = await client.discovery(issuer, "sluice-cli", undefined, client.None(), {
  algorithm: "oauth2",
  execute: [client.allowInsecureRequests],
});
const asked = await client.initiateDeviceAuthorization(config, { scope: "runs:read keys:read" });
assert.equal(asked.verification_uri, new URL("/device", issuer).href);
await decided(asked.user_code);
const soon = { ...asked, interval: 0.1 };
const tokens = await client.pollDeviceAuthorizationGrant(config, soon);
assert.equal(tokens.token_type, "bearer");
assert.equal(tokens.scope, "runs:read keys:read");
await assert.rejects(client.pollDeviceAuthorizationGrant(config, soon), (error) => error.error === "invalid_grant");

const plain = { [oauth.allowInsecureRequests]: true };
const as = await oauth
  .discoveryRequest(issuer, { algorithm: "oauth2", ...plain })
  .then((answer) => oauth.processDiscoveryResponse(issuer, answer));
const cli = { client_id: "sluice-cli" };
const none = oauth.None();
const start = () =>
  oauth
    .deviceAuthorizationRequest(as, cli, none, {}, plain)
    .then((answer) => oauth.processDeviceAuthorizationResponse(as, cli, answer));
const poll = async (grant) =>
  oauth.processDeviceCodeResponse(as, cli, await oauth.deviceCodeGrantRequest(as, cli, none, grant.device_code, plain));

const hasty = await start();
await assert.rejects(poll(hasty), (error) => error.error === "authorization_pending");
await assert.rejects(poll(hasty), (error) => error.error === "slow_down");

const grant = await start();
await decided(grant.user_code);
const { access_token: key } = await poll(grant);
const bearer = (_as, _client, _body, headers) => headers.set("authorization", `Bearer ${key}`);
const introspect = async (token) =>
  oauth.processIntrospectionResponse(as, cli, await oauth.introspectionRequest(as, cli, bearer, token, plain));
assert.equal((await introspect(key)).active, true);
assert.equal((await introspect(tokens.access_token)).scope, "runs:read keys:read");
await client.tokenRevocation(config, tokens.access_token);
assert.equal((await introspect(tokens.access_token)).active, false);
await oauth.processRevocationResponse(await oauth.revocationRequest(as, cli, none, key, plain));
console.log("done");
