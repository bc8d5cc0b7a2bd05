using System.Net.Http.Json;
using System.Security.Cryptography;
using Sluice.Server.Tests.Doors;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Ledger;

/// <summary>
/// Every route that changes something leaves an entry: the routes are those that are served, so that a new one without an entry, or
/// without a call here, fails.
/// </summary>
public abstract partial class EveryChangeTests : DoorSuite
{
    /// <summary>
    /// Families that change nothing, whose changes have a record of their own (a run's journal), or that change by calling the acts of the
    /// others (the console).
    /// </summary>
    private static readonly string[] Exempt =
    [
        "public",
        "invocations",
        "runs",
        "validation",
        "key checks",
        "usage",
        "audit",
        "console",
        "console sign-in",
        "pages",
        "device login",
    ];

    /// <summary>What takes long, or would disturb others on this server; each has a test of its own below, or in a browser where it needs one.</summary>
    private static readonly string[] Apart =
    [
        "POST /api/v1/packages",
        "POST /api/v1/admin/secrets/keys/rotate-master",
        "POST /api/v1/admin/secrets/keys/rotate-data",
        "POST /api/v1/auth/forgot-password",
        "PUT /api/v1/admin/license",
        "POST /api/v1/admin/key/rotate",
        "POST /api/v1/admin/organizations/{org}/client-credentials",
        // Takes signatures of a key that the settings name: in LeakTests.
        "POST /api/v1/leaks",
        // With a passkey: the first half changes nothing, the second is in PasskeyTests of the console.
        "POST /api/v1/auth/passkeys/begin",
        "POST /api/v1/auth/passkeys",
        "POST /api/v1/auth/login/passkey/begin",
        "POST /api/v1/auth/login/passkey",
    ];

    /// <summary>A world of this test's, which it may change.</summary>
    private DoorWorld Own { get; set; } = null!;

    [Fact]
    public async Task Every_route_that_changes_something_leaves_an_entry()
    {
        Own = await DoorWorld.Make(Server);
        foreach (var endpoint in Endpoints())
        {
            if (
                endpoint.Method is "GET" or "HEAD"
                || Exempt.Contains(endpoint.Row.Family)
                || Apart.Contains(endpoint.Name)
                || endpoint.Name.EndsWith("/audit/search", StringComparison.Ordinal)
            )
                continue;
            if (Change(endpoint.Name) is not { } change)
            {
                Expect(
                    false,
                    endpoint,
                    "no call in these tests, so nobody knows that it leaves an entry"
                );
                continue;
            }
            using var answer = await change();
            Expect(answer.IsSuccessStatusCode, endpoint, await answer.Content.ReadAsStringAsync());
            var request = answer.Headers.GetValues("X-Request-Id").Single();
            Expect(await Entries(Server, request) > 0, endpoint, "it left no entry");
        }
        Report();
    }

    [Fact]
    public async Task A_package_that_was_pushed_is_on_record() =>
        Assert.Single(
            await World.Owner.Search(
                $$"""{"action":"package.push","target":"{{World.Owner.Handle}}/works@0.1.0"}"""
            )
        );

    /// <summary>A call of the endpoint that changes something of the owner's.</summary>
    private Func<Task<HttpResponseMessage>>? Change(string endpoint)
    {
        var owner = Own.Owner;
        return endpoint switch
        {
            "POST /api/v1/keys" => () => owner.Post("/api/v1/keys", """{"name":"recorded"}"""),
            "POST /api/v1/keys/import" => () =>
                owner.Post(
                    "/api/v1/keys/import",
                    $$"""{"keys":[{"name":"recorded","sha256":"{{Convert.ToHexString(RandomNumberGenerator.GetBytes(32))}}"}]}"""
                ),
            "PATCH /api/v1/keys/{id}" => async () =>
                await Patch($"/api/v1/keys/{(await owner.MintKey()).Id}", """{"name":"other"}"""),
            "POST /api/v1/keys/{id}/rotate" => async () =>
                await owner.Post($"/api/v1/keys/{(await owner.MintKey()).Id}/rotate"),
            "DELETE /api/v1/keys/{id}" => async () =>
                await owner.Delete($"/api/v1/keys/{(await owner.MintKey()).Id}"),
            "POST /api/v1/service-accounts" => NewAccount,
            "PATCH /api/v1/service-accounts/{id}" => async () =>
                await Patch(
                    $"/api/v1/service-accounts/{await Id(NewAccount())}",
                    """{"scopes":["runs:read"]}"""
                ),
            "DELETE /api/v1/service-accounts/{id}" => async () =>
                await owner.Delete($"/api/v1/service-accounts/{await Id(NewAccount())}"),
            "PATCH /api/v1/members/{id}" => async () =>
                await Patch(
                    $"/api/v1/members/{await owner.NewMember("viewer")}",
                    """{"role":"developer"}"""
                ),
            "PUT /api/v1/profile" => async () =>
                await (await SignedIn()).Send(
                    HttpMethod.Put,
                    "/api/v1/profile",
                    """{"time_zone":"Europe/Berlin"}"""
                ),
            "DELETE /api/v1/members/{id}" => async () =>
                await owner.Delete($"/api/v1/members/{await owner.NewMember("viewer")}"),
            "PUT /api/v1/secrets/{name}" => () => NewSecret("/api/v1/secrets/RECORDED"),
            "DELETE /api/v1/secrets/{name}" => () => Gone("/api/v1/secrets/GONE"),
            "PUT /api/v1/configs" => () => NewConfig("recorded"),
            "DELETE /api/v1/configs/{id}" => async () =>
                await owner.Delete($"/api/v1/configs/{await Id(NewConfig("gone"))}"),
            "PUT /api/v1/configs/{id}/secrets/{name}" => () =>
                NewSecret($"/api/v1/configs/{Own.ConfigId}/secrets/RECORDED"),
            "DELETE /api/v1/configs/{id}/secrets/{name}" => () =>
                Gone($"/api/v1/configs/{Own.ConfigId}/secrets/GONE"),
            "PUT /api/v1/flows/{owner}/{name}" => () => NewFlow("recorded"),
            "POST /api/v1/flows/{owner}/{name}/compile" => () =>
                owner.Post($"/api/v1/flows/{Own.Flow}/compile"),
            "DELETE /api/v1/flows/{owner}/{name}" => async () =>
            {
                (await NewFlow("gone")).Dispose();
                return await owner.Delete($"/api/v1/flows/{owner.Handle}/gone");
            },
            "DELETE /api/v1/packages/{owner}/{name}/{version}" => RemovedPackage,
            "POST /api/v1/audit/streams" => NewStream,
            "PATCH /api/v1/audit/streams/{id}" => async () =>
                await Patch(
                    $"/api/v1/audit/streams/{await Id(NewStream())}",
                    """{"actions":["key.*"]}"""
                ),
            "POST /api/v1/audit/streams/{id}/test" => async () =>
                await owner.Post($"/api/v1/audit/streams/{await Id(NewStream())}/test"),
            "DELETE /api/v1/audit/streams/{id}" => async () =>
                await owner.Delete($"/api/v1/audit/streams/{await Id(NewStream())}"),
            "PUT /api/v1/settings" => () =>
                owner.Put("/api/v1/settings", """{"retention_days":30}"""),
            "POST /api/v1/admin/organizations" => () =>
                AsOperator(
                    "/api/v1/admin/organizations",
                    $$"""{"org_id":"o{{Guid.NewGuid():N}}","name":"Recorded"}"""
                ),
            "POST /api/v1/admin/organizations/{org}/keys" => () =>
                AsOperator(
                    $"/api/v1/admin/organizations/{owner.Handle}/keys",
                    """{"name":"recorded"}"""
                ),
            "POST /api/v1/admin/organizations/{org}/user-tokens" => async () =>
                await NewUserToken(),
            "POST /api/v1/admin/organizations/{org}/user-tokens/rotate" => async () =>
                await AsOperator(
                    $"/api/v1/admin/organizations/{owner.Handle}/user-tokens/rotate",
                    $$"""{"jti":"{{await Jti(NewUserToken())}}"}"""
                ),
            "DELETE /api/v1/admin/organizations/{org}/user-tokens" => async () =>
                await AsOperator(
                    HttpMethod.Delete,
                    $"/organizations/{owner.Handle}/user-tokens",
                    $$"""{"jti":"{{await Jti(NewUserToken())}}","reason":"Recorded"}"""
                ),
            "POST /api/v1/invitations" => () => NewInvitation(),
            "DELETE /api/v1/invitations/{id}" => async () =>
                await owner.Delete($"/api/v1/invitations/{await Id(NewInvitation())}"),
            "POST /api/v1/auth/accept-invitation" => async () =>
            {
                using var made = await NewInvitation();
                return await WithCode(
                    "/api/v1/auth/accept-invitation",
                    (await TestHouse.Json(made)).GetProperty("link").GetString()!
                );
            },
            "POST /api/v1/admin/organizations/{org}/password" => NewLink,
            "POST /api/v1/auth/reset-password" => async () =>
            {
                using var made = await NewLink();
                return await WithCode(
                    "/api/v1/auth/reset-password",
                    (await TestHouse.Json(made)).GetProperty("link").GetString()!
                );
            },
            "POST /api/v1/auth/change-password" => async () =>
                await (await SignedIn()).Post(
                    "/api/v1/auth/change-password",
                    $$"""{"current_password":"{{Person.Password}}","new_password":"a new one of the tests"}"""
                ),
            "PATCH /api/v1/admin/organizations/{org}" => () =>
                AsOperator(
                    HttpMethod.Patch,
                    $"/organizations/{owner.Handle}",
                    """{"name":"Other"}"""
                ),
            "POST /api/v1/admin/organizations/{org}/suspend" => () =>
                Suspended(Own.Stranger, "suspend"),
            "POST /api/v1/admin/organizations/{org}/resume" => () =>
                Suspended(Own.Stranger, "resume"),
            "DELETE /api/v1/admin/organizations/{org}" => () =>
                AsOperator(HttpMethod.Delete, $"/organizations/{Own.Stranger.Handle}", null),
            "POST /api/v1/admin/licenses" => NewLicense,
            "POST /api/v1/admin/licenses/{id}/renew" => async () =>
                await AsOperator(
                    HttpMethod.Post,
                    $"/licenses/{await Id(NewLicense())}/renew",
                    "{}"
                ),
            "DELETE /api/v1/admin/licenses/{id}" => async () =>
                await AsOperator(HttpMethod.Delete, $"/licenses/{await Id(NewLicense())}", null),
            "POST /api/v1/auth/login" => async () =>
            {
                var person = await owner.NewPerson("viewer");
                return await new Visitor(Server).SignIn(owner.Handle, person.Email);
            },
            "POST /api/v1/auth/login/code" => async () =>
            {
                var (person, _, codes) = await WithAuthenticator();
                var half = new Visitor(Server);
                (await half.SignIn(owner.Handle, person.Email)).Dispose();
                return await half.Post("/api/v1/auth/login/code", $$"""{"code":"{{codes[0]}}"}""");
            },
            "POST /api/v1/auth/totp" => async () =>
                await (await SignedIn()).Post(
                    "/api/v1/auth/totp",
                    $$"""{"password":"{{Person.Password}}"}"""
                ),
            "POST /api/v1/auth/totp/confirm" => async () =>
            {
                var visitor = await SignedIn();
                var authenticator = await Authenticator.Add(visitor, TimeProvider.System);
                return await visitor.Post(
                    "/api/v1/auth/totp/confirm",
                    $$"""{"code":"{{await authenticator.Code()}}"}"""
                );
            },
            "POST /api/v1/auth/totp/recovery-codes" or "POST /api/v1/auth/totp/off" => async () =>
            {
                var (_, visitor, codes) = await WithAuthenticator();
                return await visitor.Post(
                    endpoint["POST ".Length..],
                    $$"""{"password":"{{Person.Password}}","code":"{{codes[0]}}"}"""
                );
            },
            "POST /api/v1/auth/session/prove" => async () =>
                await (await SignedIn()).Post(
                    "/api/v1/auth/session/prove",
                    $$"""{"password":"{{Person.Password}}"}"""
                ),
            "PATCH /api/v1/auth/passkeys/{id}" => async () =>
            {
                var person = await owner.NewPerson("viewer");
                var id = await Passkeys.Plant(Server, person.Email);
                return await (await person.SignIn()).Send(
                    HttpMethod.Patch,
                    $"/api/v1/auth/passkeys/{id}",
                    """{"name":"another"}"""
                );
            },
            "DELETE /api/v1/auth/passkeys/{id}" => async () =>
            {
                var person = await owner.NewPerson("viewer");
                var id = await Passkeys.Plant(Server, person.Email);
                return await (await person.SignIn()).Delete($"/api/v1/auth/passkeys/{id}");
            },
            "POST /api/v1/auth/logout" => async () =>
                await (await SignedIn()).Post("/api/v1/auth/logout"),
            "POST /api/v1/auth/switch" => async () =>
                await (await SignedIn()).Post(
                    "/api/v1/auth/switch",
                    $$"""{"org_id":"{{owner.Handle}}"}"""
                ),
            "DELETE /api/v1/auth/sessions" => async () =>
                await (await SignedIn()).Delete("/api/v1/auth/sessions"),
            "DELETE /api/v1/auth/sessions/{id}" => async () =>
            {
                var visitor = await SignedIn();
                using var shown = await visitor.Get("/api/v1/auth/session");
                var id = (await TestHouse.Json(shown)).GetProperty("session_id").GetString();
                return await visitor.Delete($"/api/v1/auth/sessions/{id}");
            },
            _ => null,
        };
    }

    private protected static Task<long> Entries(TestHouse house, string request) =>
        house.Database.Read(session =>
            session
                .Across("the test looks into every ledger")
                .First<long>(
                    "SELECT COUNT(*) FROM ledger WHERE request_id = @request",
                    new { request }
                )
        );
}

public sealed class EveryChangeTestsOnSqlite(Houses houses) : EveryChangeTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;

    [Theory]
    [InlineData("master")]
    [InlineData("data")]
    public async Task A_rotation_of_the_keys_that_guard_secrets_is_on_record(string what)
    {
        await using var house = await TestHouse.Open();
        await house.NewTenant();
        using var rotated = await house.Send(
            HttpMethod.Post,
            $"/api/v1/admin/secrets/keys/rotate-{what}",
            admin: true
        );
        Assert.True(rotated.IsSuccessStatusCode);
        var request = rotated.Headers.GetValues("X-Request-Id").Single();
        Assert.True(await Entries(house, request) > 0);
        // What signs is wrapped anew, and goes on as it was.
        Assert.Null(Ledgers.Verify(await house.Export(null)).Problem);
    }
}

public sealed class EveryChangeTestsOnPostgres(Houses houses) : EveryChangeTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
