using System.Net.Http.Headers;
using System.Text;

namespace Sluice.Server.Tests.Doors;

/// <summary>Whose the thing is that a call speaks of.</summary>
internal enum Speaks
{
    /// <summary>Of nothing that has an owner, or of the caller's own list.</summary>
    OfNothing,

    /// <summary>Of one thing: with a stranger's key it is not found.</summary>
    OfOne,

    /// <summary>Of a name within the caller's own space: with a stranger's key it is another thing.</summary>
    OfOwnName,

    /// <summary>Of a list that a query narrows: with a stranger's key the list is empty.</summary>
    OfList,
}

/// <summary>How to call an endpoint with real things of the owner, or with the like that nobody has.</summary>
/// <param name="Path">The path and query.</param>
/// <param name="Body">JSON; none when null.</param>
internal sealed record Recipe(Speaks Speaks, string Path, string? Body = null)
{
    public string ContentType { get; init; } = "application/json";

    /// <summary>Takes its thing away or ends it: never called with the owner's own key.</summary>
    public bool Destroys { get; init; }

    /// <summary>Names are one in both environments, so that a key of the other finds nothing to contradict.</summary>
    public bool InAnyEnvironment { get; init; }

    public HttpContent? Content() =>
        Body is null
            ? null
            : new ByteArrayContent(Encoding.UTF8.GetBytes(Body))
            {
                Headers = { ContentType = MediaTypeHeaderValue.Parse(ContentType) },
            };
}

/// <summary>One recipe, or several, for every endpoint that is served; an endpoint without one fails the tests.</summary>
internal static class Recipes
{
    /// <summary>Ids of which nobody has made a thing.</summary>
    public static readonly DoorNames Nobodys = new(
        "nobody/nothing",
        "01J00000000000000000000000",
        "01J00000000000000000000000",
        "01J00000000000000000000000",
        "01J00000000000000000000000",
        "01J00000000000000000000000",
        "01J00000000000000000000000",
        "01J00000000000000000000000",
        "NOBODYS",
        "nobody",
        "01J00000000000000000000000",
        "01J00000000000000000000000",
        "01J00000000000000000000000",
        "01J00000000000000000000000"
    );

    public static DoorNames Of(DoorWorld world) =>
        new(
            world.Flow,
            world.GraphId,
            world.RunId,
            world.ConfigId,
            world.KeyId,
            world.AccountId,
            world.MemberId,
            world.InvitationId,
            "MINE",
            world.Owner.Handle,
            world.SessionId,
            world.EntryId,
            world.RefusedId,
            world.StreamId
        );

    private const string Form = "application/x-www-form-urlencoded";

    // csharpier-ignore-start
    /// <summary>By method and route pattern, as the router knows them.</summary>
    public static IReadOnlyList<Recipe>? For(string endpoint, DoorNames at) => endpoint switch
    {
        "GET /" => [new(Speaks.OfNothing, "/")],
        "GET /docs/reference.css" => [new(Speaks.OfNothing, "/docs/reference.css")],
        "GET /docs/try.js" => [new(Speaks.OfNothing, "/docs/try.js")],
        "GET /docs/graphs/{id}" => [new(Speaks.OfNothing, $"/docs/graphs/{at.GraphId}")],
        "GET /health" or "POST /health" or "HEAD /health" => [new(Speaks.OfNothing, "/health")],
        "GET /errors/{code}" => [new(Speaks.OfNothing, "/errors/not_found")],
        "GET /openapi.json" => [new(Speaks.OfNothing, "/openapi.json")],
        "GET /docs" => [new(Speaks.OfNothing, "/docs")],
        "GET /metrics" => [new(Speaks.OfNothing, "/metrics")],
        "GET /api/v1/whoami" => [new(Speaks.OfNothing, "/api/v1/whoami")],
        "GET /api/v1/profile" => [new(Speaks.OfNothing, "/api/v1/profile")],
        "PUT /api/v1/profile" => [new(Speaks.OfNothing, "/api/v1/profile", """{"time_zone":"Europe/Berlin"}""")],

        "POST /api/v1/auth/login" => [new(Speaks.OfNothing, "/api/v1/auth/login", $$"""{"org_id":"{{at.Handle}}","password":"wrong"}""")],
        "GET /.well-known/oauth-authorization-server" => [new(Speaks.OfNothing, "/.well-known/oauth-authorization-server")],
        "POST /api/v1/auth/device" => [new(Speaks.OfNothing, "/api/v1/auth/device", "client_id=nobody") { ContentType = Form }],
        "POST /api/v1/auth/device/token" => [new(Speaks.OfNothing, "/api/v1/auth/device/token", "client_id=nobody") { ContentType = Form }],
        "POST /api/v1/auth/revoke" => [new(Speaks.OfNothing, "/api/v1/auth/revoke", "client_id=nobody") { ContentType = Form }],
        "GET /device" => [new(Speaks.OfNothing, "/device")],
        "POST /device" => [new(Speaks.OfNothing, "/device", "act=code") { ContentType = Form }],
        "GET /invitation" => [new(Speaks.OfNothing, "/invitation")],
        "POST /invitation" => [new(Speaks.OfNothing, "/invitation", "code=none") { ContentType = Form }],
        "GET /reset-password" => [new(Speaks.OfNothing, "/reset-password")],
        "POST /reset-password" => [new(Speaks.OfNothing, "/reset-password", "code=none") { ContentType = Form }],
        "GET /pages/style.css" => [new(Speaks.OfNothing, "/pages/style.css")],
        "GET /pages/link.js" => [new(Speaks.OfNothing, "/pages/link.js")],
        "POST /api/v1/auth/forgot-password" => [new(Speaks.OfNothing, "/api/v1/auth/forgot-password", $$"""{"org_id":"{{at.Handle}}"}""")],
        "POST /api/v1/auth/reset-password" => [new(Speaks.OfNothing, "/api/v1/auth/reset-password", """{"token":"none","password":"x"}""")],
        "POST /api/v1/auth/accept-invitation" => [new(Speaks.OfNothing, "/api/v1/auth/accept-invitation", """{"token":"none","password":"x"}""")],
        "POST /api/v1/auth/change-password" => [new(Speaks.OfNothing, "/api/v1/auth/change-password", """{"current_password":"x","new_password":"x"}""")],
        "POST /api/v1/auth/login/code" => [new(Speaks.OfNothing, "/api/v1/auth/login/code", """{"code":"000000"}""")],
        "POST /api/v1/auth/login/passkey/begin" => [new(Speaks.OfNothing, "/api/v1/auth/login/passkey/begin")],
        "POST /api/v1/auth/login/passkey" => [new(Speaks.OfNothing, "/api/v1/auth/login/passkey", """{"credential":{} }""")],
        "GET /api/v1/auth/passkeys" => [new(Speaks.OfNothing, "/api/v1/auth/passkeys")],
        "POST /api/v1/auth/session/prove" => [new(Speaks.OfNothing, "/api/v1/auth/session/prove", """{"password":"x"}""")],
        "POST /api/v1/auth/passkeys/begin" => [new(Speaks.OfNothing, "/api/v1/auth/passkeys/begin", """{"password":"x"}""")],
        "POST /api/v1/auth/passkeys" => [new(Speaks.OfNothing, "/api/v1/auth/passkeys", """{"name":"x","credential":{} }""")],
        "PATCH /api/v1/auth/passkeys/{id}" => [new(Speaks.OfNothing, "/api/v1/auth/passkeys/01J00000000000000000000000", """{"name":"x"}""")],
        "DELETE /api/v1/auth/passkeys/{id}" => [new(Speaks.OfNothing, "/api/v1/auth/passkeys/01J00000000000000000000000")],
        "GET /api/v1/auth/totp" => [new(Speaks.OfNothing, "/api/v1/auth/totp")],
        "POST /api/v1/auth/totp" => [new(Speaks.OfNothing, "/api/v1/auth/totp", """{"password":"x"}""")],
        "POST /api/v1/auth/totp/confirm" => [new(Speaks.OfNothing, "/api/v1/auth/totp/confirm", """{"code":"000000"}""")],
        "POST /api/v1/auth/totp/recovery-codes" => [new(Speaks.OfNothing, "/api/v1/auth/totp/recovery-codes", """{"password":"x"}""")],
        "POST /api/v1/auth/totp/off" => [new(Speaks.OfNothing, "/api/v1/auth/totp/off", """{"password":"x"}""")],
        "POST /api/v1/invitations" => [new(Speaks.OfNothing, "/api/v1/invitations", """{"email":"","role":"viewer"}""")],
        "GET /api/v1/invitations" => [new(Speaks.OfNothing, "/api/v1/invitations")],
        "DELETE /api/v1/invitations/{id}" => [new(Speaks.OfOne, $"/api/v1/invitations/{at.InvitationId}") { Destroys = true }],
        "POST /api/v1/admin/organizations/{org}/password" => [new(Speaks.OfNothing, $"/api/v1/admin/organizations/{at.Handle}/password", """{"email":"nobody"}""")],
        "POST /api/v1/auth/logout" => [new(Speaks.OfNothing, "/api/v1/auth/logout") { Destroys = true }],
        "GET /api/v1/auth/session" => [new(Speaks.OfNothing, "/api/v1/auth/session")],
        "GET /api/v1/auth/sessions" => [new(Speaks.OfNothing, "/api/v1/auth/sessions")],
        "DELETE /api/v1/auth/sessions" => [new(Speaks.OfNothing, "/api/v1/auth/sessions") { Destroys = true }],
        "DELETE /api/v1/auth/sessions/{id}" => [new(Speaks.OfNothing, "/api/v1/auth/sessions/01J00000000000000000000000")],
        "GET /api/v1/auth/organizations" => [new(Speaks.OfNothing, "/api/v1/auth/organizations")],
        "POST /api/v1/auth/switch" => [new(Speaks.OfNothing, "/api/v1/auth/switch", """{"org_id":"nobody"}""")],
        "GET /api/v1/auth/sso/availability" => [new(Speaks.OfNothing, "/api/v1/auth/sso/availability?org_id=nobody")],

        "POST /invocations/v1/flows/invoke" =>
        [
            new(Speaks.OfOne, "/invocations/v1/flows/invoke", $$"""{"graph_id":"{{at.GraphId}}"}"""),
            new(Speaks.OfOne, "/invocations/v1/flows/invoke", $$"""{"flow":"{{at.Flow}}"}"""),
        ],
        "POST /invocations/v1/flows/invoke/stream" =>
        [
            new(Speaks.OfOne, "/invocations/v1/flows/invoke/stream", $$"""{"graph_id":"{{at.GraphId}}"}"""),
            new(Speaks.OfOne, "/invocations/v1/flows/invoke/stream", $$"""{"flow":"{{at.Flow}}"}"""),
        ],
        "POST /invocations/v1/nodes/{owner}/{package}/{version}/{node}" =>
        [
            new(Speaks.OfOne, $"/invocations/v1/nodes/{at.Handle}/works/0.1.0/Echo", """{"text":"hi"}""") { InAnyEnvironment = true },
        ],
        "POST /invocations/v1/nodes/{owner}/{package}/{version}/{node}/stream" =>
        [
            new(Speaks.OfOne, $"/invocations/v1/nodes/{at.Handle}/works/0.1.0/Echo/stream", """{"text":"hi"}""") { InAnyEnvironment = true },
        ],
        "GET /api/v1/runs" => [new(Speaks.OfList, $"/api/v1/runs?flow={at.Flow}"), new(Speaks.OfList, $"/api/v1/runs?cursor={at.RunId}Z")],
        "GET /api/v1/runs/{id}" => [new(Speaks.OfOne, $"/api/v1/runs/{at.RunId}")],
        "GET /api/v1/runs/{id}/logs" => [new(Speaks.OfOne, $"/api/v1/runs/{at.RunId}/logs")],
        "POST /api/v1/runs/{id}/cancel" => [new(Speaks.OfOne, $"/api/v1/runs/{at.RunId}/cancel") { Destroys = true }],

        "GET /api/v1/runs/{id}/events" => [new(Speaks.OfOne, $"/api/v1/runs/{at.RunId}/events")],
        "POST /api/v1/runs/{id}/pause" => [new(Speaks.OfOne, $"/api/v1/runs/{at.RunId}/pause") { Destroys = true }],
        "POST /api/v1/runs/{id}/resume" => [new(Speaks.OfOne, $"/api/v1/runs/{at.RunId}/resume") { Destroys = true }],
        "POST /api/v1/runs/{id}/step" => [new(Speaks.OfOne, $"/api/v1/runs/{at.RunId}/step") { Destroys = true }],
        "PUT /api/v1/runs/{id}/breakpoints" => [new(Speaks.OfOne, $"/api/v1/runs/{at.RunId}/breakpoints", """{"breakpoints":[]}""") { Destroys = true }],
        "POST /api/v1/runs/{id}/replay" => [new(Speaks.OfOne, $"/api/v1/runs/{at.RunId}/replay", """{"wait":false}""")],
        "GET /api/v1/runs/queue" => [new(Speaks.OfNothing, "/api/v1/runs/queue")],
        "GET /api/v1/settings" => [new(Speaks.OfNothing, "/api/v1/settings")],
        "GET /api/v1/settings/limits" => [new(Speaks.OfNothing, "/api/v1/settings/limits")],
        "PUT /api/v1/settings" => [new(Speaks.OfNothing, "/api/v1/settings", """{"retention_days":30}""")],
        "GET /api/v1/dead-letters" => [new(Speaks.OfList, $"/api/v1/dead-letters?flow={at.Flow}")],
        "POST /api/v1/dead-letters/{id}/retry" => [new(Speaks.OfOne, $"/api/v1/dead-letters/{at.RunId}/retry") { Destroys = true }],
        "DELETE /api/v1/dead-letters/{id}" => [new(Speaks.OfOne, $"/api/v1/dead-letters/{at.RunId}") { Destroys = true }],

        "GET /api/v1/memory/flows" => [new(Speaks.OfList, "/api/v1/memory/flows")],
        "DELETE /api/v1/memory/flows/{owner}/{name}" => [new(Speaks.OfOne, $"/api/v1/memory/flows/{at.Flow}") { Destroys = true }],
        "GET /api/v1/memory/sessions" => [new(Speaks.OfList, $"/api/v1/memory/sessions?flow={at.Flow}"), new(Speaks.OfList, "/api/v1/memory/sessions?name=chat")],
        "GET /api/v1/memory/sessions/{id}" => [new(Speaks.OfOne, $"/api/v1/memory/sessions/{at.SessionId}")],
        "DELETE /api/v1/memory/sessions/{id}" => [new(Speaks.OfOne, $"/api/v1/memory/sessions/{at.SessionId}") { Destroys = true }],
        "GET /api/v1/memory/entries" =>
        [
            new(Speaks.OfList, $"/api/v1/memory/entries?flow={at.Flow}"),
            new(Speaks.OfList, $"/api/v1/memory/entries?flow={at.Flow}&q=tea"),
            new(Speaks.OfOne, $"/api/v1/memory/entries?flow={at.Flow}&session={at.SessionId}"),
        ],
        "DELETE /api/v1/memory/entries/{id}" => [new(Speaks.OfOne, $"/api/v1/memory/entries/{at.EntryId}") { Destroys = true }],

        "GET /api/v1/flows" => [new(Speaks.OfList, "/api/v1/flows")],
        "POST /api/v1/flows/validate" => [new(Speaks.OfNothing, "/api/v1/flows/validate", """{"document":""}""")],
        "PUT /api/v1/flows/{owner}/{name}" => [new(Speaks.OfNothing, $"/api/v1/flows/{at.Flow}", """{"document":""}""")],
        "GET /api/v1/flows/{owner}/{name}" => [new(Speaks.OfOne, $"/api/v1/flows/{at.Flow}"), new(Speaks.OfOne, $"/api/v1/flows/{at.Flow}?revision=1")],
        "DELETE /api/v1/flows/{owner}/{name}" => [new(Speaks.OfOne, $"/api/v1/flows/{at.Flow}") { Destroys = true }],
        "GET /api/v1/flows/{owner}/{name}/revisions" => [new(Speaks.OfOne, $"/api/v1/flows/{at.Flow}/revisions")],
        "POST /api/v1/flows/{owner}/{name}/compile" => [new(Speaks.OfOne, $"/api/v1/flows/{at.Flow}/compile")],
        "GET /api/v1/graphs" => [new(Speaks.OfList, $"/api/v1/graphs?flow={at.Flow}")],
        "GET /api/v1/graphs/{id}" => [new(Speaks.OfOne, $"/api/v1/graphs/{at.GraphId}")],
        "GET /api/v1/graphs/{id}/schema" => [new(Speaks.OfOne, $"/api/v1/graphs/{at.GraphId}/schema")],
        "GET /api/v1/graphs/{id}/openapi.json" => [new(Speaks.OfOne, $"/api/v1/graphs/{at.GraphId}/openapi.json")],
        "GET /api/v1/graphs/{id}/docs" => [new(Speaks.OfOne, $"/api/v1/graphs/{at.GraphId}/docs")],

        "GET /api/v1/configs" => [new(Speaks.OfList, $"/api/v1/configs?flow={at.Flow}")],
        "PUT /api/v1/configs" => [new(Speaks.OfNothing, "/api/v1/configs", $$"""{"flow":"{{at.Flow}}"}""")],
        "GET /api/v1/configs/{id}" => [new(Speaks.OfOne, $"/api/v1/configs/{at.ConfigId}")],
        "DELETE /api/v1/configs/{id}" => [new(Speaks.OfOne, $"/api/v1/configs/{at.ConfigId}") { Destroys = true }],
        "PUT /api/v1/configs/{id}/secrets/{name}" => [new(Speaks.OfOne, $"/api/v1/configs/{at.ConfigId}/secrets/MINE", """{"value":"x","replace":true}""") { Destroys = true }],
        "DELETE /api/v1/configs/{id}/secrets/{name}" => [new(Speaks.OfOne, $"/api/v1/configs/{at.ConfigId}/secrets/MINE") { Destroys = true }],

        "POST /api/v1/packages" => [new(Speaks.OfNothing, "/api/v1/packages", "not a package") { ContentType = "application/gzip" }],
        "GET /api/v1/packages" => [new(Speaks.OfList, "/api/v1/packages")],
        "GET /api/v1/packages/{owner}/{name}/{version}" => [new(Speaks.OfOne, $"/api/v1/packages/{at.Handle}/works/0.1.0") { InAnyEnvironment = true }],
        "DELETE /api/v1/packages/{owner}/{name}/{version}" => [new(Speaks.OfOne, $"/api/v1/packages/{at.Handle}/works/0.1.0") { Destroys = true, InAnyEnvironment = true }],

        "PUT /api/v1/secrets/{name}" => [new(Speaks.OfOwnName, $"/api/v1/secrets/{at.Secret}", """{"value":"x","replace":true}""") { Destroys = true }],
        "GET /api/v1/secrets" => [new(Speaks.OfList, "/api/v1/secrets")],
        "DELETE /api/v1/secrets/{name}" => [new(Speaks.OfOne, $"/api/v1/secrets/{at.Secret}") { Destroys = true }],

        "POST /api/v1/service-accounts" => [new(Speaks.OfNothing, "/api/v1/service-accounts", """{"name":"","scopes":["runs:read"]}""")],
        "GET /api/v1/service-accounts" => [new(Speaks.OfNothing, "/api/v1/service-accounts")],
        "GET /api/v1/service-accounts/{id}" => [new(Speaks.OfOne, $"/api/v1/service-accounts/{at.AccountId}")],
        "PATCH /api/v1/service-accounts/{id}" => [new(Speaks.OfOne, $"/api/v1/service-accounts/{at.AccountId}", """{"name":"renamed"}""")],
        "DELETE /api/v1/service-accounts/{id}" => [new(Speaks.OfOne, $"/api/v1/service-accounts/{at.AccountId}") { Destroys = true }],
        "GET /api/v1/members" => [new(Speaks.OfNothing, "/api/v1/members")],
        "PATCH /api/v1/members/{id}" => [new(Speaks.OfOne, $"/api/v1/members/{at.MemberId}", """{"role":"viewer"}""") { Destroys = true }],
        "DELETE /api/v1/members/{id}" => [new(Speaks.OfOne, $"/api/v1/members/{at.MemberId}") { Destroys = true }],

        "POST /api/v1/keys" => [new(Speaks.OfNothing, "/api/v1/keys", """{"name":"a key"}""")],
        "POST /api/v1/keys/import" => [new(Speaks.OfNothing, "/api/v1/keys/import", """{"keys":[]}""")],
        "GET /api/v1/keys" => [new(Speaks.OfNothing, "/api/v1/keys")],
        "GET /api/v1/keys/{id}" => [new(Speaks.OfOne, $"/api/v1/keys/{at.KeyId}")],
        "PATCH /api/v1/keys/{id}" => [new(Speaks.OfOne, $"/api/v1/keys/{at.KeyId}", """{"name":"renamed"}""")],
        "GET /api/v1/keys/{id}/usage" => [new(Speaks.OfOne, $"/api/v1/keys/{at.KeyId}/usage")],
        "POST /api/v1/keys/{id}/rotate" => [new(Speaks.OfOne, $"/api/v1/keys/{at.KeyId}/rotate", """{"overlap_seconds":60}""") { Destroys = true }],
        "POST /api/v1/keys/verify" => [new(Speaks.OfNothing, "/api/v1/keys/verify", """{"key":"none"}""")],
        "POST /api/v1/keys/introspect" => [new(Speaks.OfNothing, "/api/v1/keys/introspect", "token=none") { ContentType = "application/x-www-form-urlencoded" }],
        "DELETE /api/v1/keys/{id}" => [new(Speaks.OfOne, $"/api/v1/keys/{at.KeyId}") { Destroys = true }],

        "POST /api/v1/audit/search" => [new(Speaks.OfNothing, "/api/v1/audit/search", """{"limit":1}""")],
        "POST /api/v1/leaks" => [new(Speaks.OfNothing, "/api/v1/leaks", """{"token":"x"}""")],
        "GET /api/v1/audit/export" => [new(Speaks.OfNothing, "/api/v1/audit/export")],
        "GET /api/v1/audit/checkpoint" => [new(Speaks.OfNothing, "/api/v1/audit/checkpoint")],
        "GET /api/v1/audit/chain" => [new(Speaks.OfNothing, "/api/v1/audit/chain")],
        "POST /api/v1/audit/streams" => [new(Speaks.OfNothing, "/api/v1/audit/streams", """{"url":"none"}""")],
        "GET /api/v1/audit/streams" => [new(Speaks.OfList, "/api/v1/audit/streams")],
        "GET /api/v1/audit/streams/{id}" => [new(Speaks.OfOne, $"/api/v1/audit/streams/{at.StreamId}") { InAnyEnvironment = true }],
        "PATCH /api/v1/audit/streams/{id}" => [new(Speaks.OfOne, $"/api/v1/audit/streams/{at.StreamId}", """{"actions":["key.*"]}""") { InAnyEnvironment = true }],
        "POST /api/v1/audit/streams/{id}/test" => [new(Speaks.OfOne, $"/api/v1/audit/streams/{at.StreamId}/test") { InAnyEnvironment = true }],
        "DELETE /api/v1/audit/streams/{id}" => [new(Speaks.OfOne, $"/api/v1/audit/streams/{at.StreamId}") { Destroys = true, InAnyEnvironment = true }],
        "POST /api/v1/admin/audit/search" => [new(Speaks.OfNothing, "/api/v1/admin/audit/search", """{"limit":1}""")],
        "GET /api/v1/admin/audit/export" => [new(Speaks.OfNothing, "/api/v1/admin/audit/export")],
        "GET /api/v1/admin/audit/checkpoint" => [new(Speaks.OfNothing, "/api/v1/admin/audit/checkpoint")],
        "GET /api/v1/admin/audit/chain" => [new(Speaks.OfNothing, "/api/v1/admin/audit/chain")],

        "GET /api/v1/decisions/{request_id}" => [new(Speaks.OfOne, $"/api/v1/decisions/{at.RequestId}") { InAnyEnvironment = true }],
        "GET /api/v1/admin/decisions/{request_id}" => [new(Speaks.OfNothing, "/api/v1/admin/decisions/01J00000000000000000000000")],

        "GET /api/v1/usage" => [new(Speaks.OfNothing, "/api/v1/usage")],

        "POST /api/v1/admin/organizations" => [new(Speaks.OfNothing, "/api/v1/admin/organizations", """{"name":"no handle"}""")],
        "POST /api/v1/admin/organizations/{org}/keys" => [new(Speaks.OfNothing, $"/api/v1/admin/organizations/{at.Handle}/keys", """{"name":""}""")],
        "POST /api/v1/admin/organizations/{org}/user-tokens" => [new(Speaks.OfNothing, $"/api/v1/admin/organizations/{at.Handle}/user-tokens", """{"user_email":""}""")],
        "POST /api/v1/admin/organizations/{org}/user-tokens/rotate" => [new(Speaks.OfNothing, $"/api/v1/admin/organizations/{at.Handle}/user-tokens/rotate", """{"jti":"none"}""")],
        "DELETE /api/v1/admin/organizations/{org}/user-tokens" => [new(Speaks.OfNothing, $"/api/v1/admin/organizations/{at.Handle}/user-tokens", """{"jti":"none"}""")],
        "GET /api/v1/nodes" => [new(Speaks.OfNothing, "/api/v1/nodes")],
        "GET /api/v1/nodes/status" => [new(Speaks.OfNothing, "/api/v1/nodes/status")],
        "GET /api/v1/admin/organizations" => [new(Speaks.OfNothing, "/api/v1/admin/organizations")],
        "GET /api/v1/admin/organizations/{org}" => [new(Speaks.OfNothing, "/api/v1/admin/organizations/nobody")],
        "PATCH /api/v1/admin/organizations/{org}" => [new(Speaks.OfNothing, "/api/v1/admin/organizations/nobody", """{"name":""}""")],
        "DELETE /api/v1/admin/organizations/{org}" => [new(Speaks.OfNothing, "/api/v1/admin/organizations/nobody")],
        "GET /api/v1/admin/organizations/{org}/export" => [new(Speaks.OfNothing, "/api/v1/admin/organizations/nobody/export")],
        "POST /api/v1/admin/organizations/{org}/suspend" => [new(Speaks.OfNothing, "/api/v1/admin/organizations/nobody/suspend", """{"reason":""}""")],
        "POST /api/v1/admin/organizations/{org}/resume" => [new(Speaks.OfNothing, "/api/v1/admin/organizations/nobody/resume")],
        "POST /api/v1/admin/key/rotate" => [new(Speaks.OfNothing, "/api/v1/admin/key/rotate")],
        "POST /api/v1/admin/organizations/{org}/client-credentials" => [new(Speaks.OfNothing, $"/api/v1/admin/organizations/{at.Handle}/client-credentials", """{"client_id":""}""")],
        "GET /api/v1/admin/listeners" => [new(Speaks.OfNothing, "/api/v1/admin/listeners")],
        "GET /api/v1/admin/old-credentials" => [new(Speaks.OfNothing, "/api/v1/admin/old-credentials")],
        "GET /api/v1/license" => [new(Speaks.OfNothing, "/api/v1/license")],
        "GET /api/v1/admin/license" => [new(Speaks.OfNothing, "/api/v1/admin/license")],
        "PUT /api/v1/admin/license" => [new(Speaks.OfNothing, "/api/v1/admin/license", """{"key":"none"}""")],
        "POST /api/v1/admin/licenses" => [new(Speaks.OfNothing, "/api/v1/admin/licenses", """{"tier":"none"}""")],
        "GET /api/v1/admin/licenses" => [new(Speaks.OfNothing, "/api/v1/admin/licenses")],
        "GET /api/v1/admin/licenses/issuer" => [new(Speaks.OfNothing, "/api/v1/admin/licenses/issuer")],
        "GET /api/v1/admin/licenses/{id}" => [new(Speaks.OfNothing, "/api/v1/admin/licenses/01J00000000000000000000000")],
        "POST /api/v1/admin/licenses/{id}/renew" => [new(Speaks.OfNothing, "/api/v1/admin/licenses/01J00000000000000000000000/renew", """{"days":1}""")],
        "DELETE /api/v1/admin/licenses/{id}" => [new(Speaks.OfNothing, "/api/v1/admin/licenses/01J00000000000000000000000")],
        "GET /api/v1/admin/secrets/keys" => [new(Speaks.OfNothing, "/api/v1/admin/secrets/keys")],
        "POST /api/v1/admin/secrets/keys/rotate-master" => [new(Speaks.OfNothing, "/api/v1/admin/secrets/keys/rotate-master")],
        "POST /api/v1/admin/secrets/keys/rotate-data" => [new(Speaks.OfNothing, "/api/v1/admin/secrets/keys/rotate-data")],
        _ => null,
    };
    // csharpier-ignore-end
}

/// <summary>What paths, queries and bodies are filled with.</summary>
internal sealed record DoorNames(
    string Flow,
    string GraphId,
    string RunId,
    string ConfigId,
    string KeyId,
    string AccountId,
    string MemberId,
    string InvitationId,
    string Secret,
    string Handle,
    string SessionId,
    string EntryId,
    string RequestId,
    string StreamId
);
