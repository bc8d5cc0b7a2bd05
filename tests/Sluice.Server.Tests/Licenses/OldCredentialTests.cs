using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;

namespace Sluice.Server.Tests.Licenses;

/// <summary>Client ids with secrets, and client keys: seed 000's legacy authentication, off unless switched on.</summary>
public abstract class OldCredentialTests
{
    private const string Id = "client-healthcare-prod-a1b2c3";
    private const string Pair =
        """{"client_id":"client-healthcare-prod-a1b2c3","client_secret":"secret-xyz123"}""";

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task Old_credentials_are_refused_unless_they_are_switched_on()
    {
        await using var house = await TestHouse.Open(store: await Store());
        var tenant = await house.NewTenant();
        using var imported = await Import(house, tenant);
        Assert.Equal("key_shape_disabled", await Code(imported));
        using var called = await Call(house, Id, "secret-xyz123");
        Assert.Equal(HttpStatusCode.Unauthorized, called.StatusCode);
    }

    [Fact]
    public async Task A_pair_and_a_client_key_work_for_a_while_are_marked_and_counted_and_end_on_their_day()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock),
            args:
            [
                "--Keys:OldCredentials",
                "true",
                "--Keys:OldCredentialsUntil",
                "2026-06-30T00:00:00Z",
            ]
        );
        var tenant = await house.NewTenant();
        using var imported = await Import(house, tenant);
        Assert.Equal(HttpStatusCode.Created, imported.StatusCode);
        var pairId = (await TestHouse.Json(imported)).GetProperty("id").GetString()!;
        using var twice = await Import(house, tenant);
        Assert.Equal("client_credential_known", await Code(twice));

        using var called = await Call(house, Id, "secret-xyz123");
        Assert.Equal(HttpStatusCode.OK, called.StatusCode);
        Assert.Equal("@1759276800", called.Headers.GetValues("Deprecation").Single());
        Assert.Equal("Tue, 30 Jun 2026 00:00:00 GMT", called.Headers.GetValues("Sunset").Single());
        using var wrong = await Call(house, Id, "secret-xyz124");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Deprecation"));

        using var minted = await tenant.Post(
            "/api/v1/keys",
            """{"name":"billing","shape":"client"}"""
        );
        var client = (await TestHouse.Json(minted)).GetProperty("key").GetString()!;
        using var byKey = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: client);
        Assert.Equal(HttpStatusCode.OK, byKey.StatusCode);
        Assert.True(byKey.Headers.Contains("Deprecation"));
        using var present = await tenant.Get("/api/v1/whoami");
        Assert.False(present.Headers.Contains("Deprecation"));

        Assert.Equal(
            new Dictionary<string, long> { ["basic"] = 1, ["client"] = 1 },
            await Counted(house, clock)
        );

        // It is a key like any other: what is revoked fails on its very next use.
        using var revoked = await tenant.Delete($"/api/v1/keys/{pairId}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await Call(house, Id, "secret-xyz123")).StatusCode
        );
        // A second pair lives to see the day: then neither form opens anything.
        using var second = await Import(house, tenant, Pair.Replace("xyz123", "xyz125"));
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Call(house, Id, "secret-xyz125")).StatusCode);
        clock.Advance(TimeSpan.FromDays(180));
        using var ended = await Call(house, Id, "secret-xyz125");
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);
        using var sunset = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: client);
        Assert.Equal(HttpStatusCode.Unauthorized, sunset.StatusCode);
    }

    /// <summary>Calls by shape, once what was counted is written.</summary>
    private static async Task<Dictionary<string, long>> Counted(TestHouse house, ManualClock clock)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            using var answer = await house.Send(
                HttpMethod.Get,
                "/api/v1/admin/old-credentials",
                admin: true
            );
            var uses = (await TestHouse.Json(answer))
                .GetProperty("data")
                .EnumerateArray()
                .ToDictionary(
                    each => each.GetProperty("shape").GetString()!,
                    each => each.GetProperty("calls").GetInt64()
                );
            if (patience.IsCancellationRequested || uses.Values.All(calls => calls > 0))
                return uses;
        }
    }

    private static Task<HttpResponseMessage> Import(
        TestHouse house,
        TestTenant tenant,
        string pair = Pair
    ) =>
        house.Send(
            HttpMethod.Post,
            $"/api/v1/admin/organizations/{tenant.Handle}/client-credentials",
            pair,
            admin: true
        );

    private static Task<HttpResponseMessage> Call(TestHouse house, string id, string secret) =>
        house.Send(
            HttpMethod.Get,
            "/api/v1/whoami",
            adjust: request =>
                request.Headers.Authorization = new AuthenticationHeaderValue(
                    "Basic",
                    Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"))
                )
        );

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();
}

public sealed class OldCredentialTestsOnSqlite : OldCredentialTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class OldCredentialTestsOnPostgres : OldCredentialTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
