using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Doors.Decisions;
using Sluice.Server.Operations.Organizations;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Licenses;

/// <summary>The life of an organisation in the operator's hands, through the real server.</summary>
public abstract class OrganizationTests
{
    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_suspended_organisation_is_refused_with_the_reason_on_its_very_next_request_and_loses_nothing()
    {
        var store = await Store();
        await using var house = await TestHouse.Open(store: store);
        await using var second = store is null
            ? null
            : await TestHouse.Open(WithKeyOf(house), store);
        var tenant = await house.NewTenant();
        var bystander = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("owner")).SignIn();
        var license = (
            await Admin(
                house,
                HttpMethod.Post,
                "licenses",
                $$"""{"org_id":"{{tenant.Handle}}","tier":"professional"}"""
            )
        )
            .GetProperty("key")
            .GetString()!;
        using var saved = await tenant.Put("/api/v1/secrets/KEPT", """{"value":"x"}""");
        Assert.Equal(HttpStatusCode.Created, saved.StatusCode);

        var suspended = await Admin(
            house,
            HttpMethod.Post,
            $"organizations/{tenant.Handle}/suspend",
            """{"reason":"The invoice of May is open."}"""
        );
        Assert.Equal("suspended", suspended.GetProperty("status").GetString());
        foreach (var server in (TestHouse?[])[house, second])
        {
            if (server is null)
                continue;
            foreach (
                var adjust in (Action<HttpRequestMessage>[])
                    [
                        request => request.Headers.Authorization = new("Bearer", tenant.Key),
                        visitor.Sign,
                        request => request.Headers.Add("X-License-Key", license),
                    ]
            )
            {
                using var refused = await server.Send(
                    HttpMethod.Post,
                    "/invocations/v1/flows/invoke",
                    "{}",
                    adjust: adjust
                );
                var json = await TestHouse.Json(refused);
                Assert.Equal(
                    (HttpStatusCode.Forbidden, "organization_suspended"),
                    (refused.StatusCode, json.GetProperty("code").GetString())
                );
                Assert.Contains(
                    "The invoice of May is open.",
                    json.GetProperty("detail").GetString()
                );
            }
        }
        Assert.Equal(HttpStatusCode.OK, (await bystander.Get("/api/v1/secrets")).StatusCode);

        await Admin(house, HttpMethod.Post, $"organizations/{tenant.Handle}/resume");
        var secrets = await TestHouse.Json(await tenant.Get("/api/v1/secrets"));
        Assert.Contains("KEPT", secrets.GetRawText());
    }

    [Fact]
    public async Task An_organisation_is_listed_shown_and_changed()
    {
        await using var house = await TestHouse.Open(store: await Store());
        var (first, second) = (await house.NewTenant(), await house.NewTenant());
        var page = await Admin(house, HttpMethod.Get, "organizations?limit=1");
        Assert.Equal(second.Handle, page.GetProperty("data")[0].GetProperty("org_id").GetString());
        var next = await Admin(
            house,
            HttpMethod.Get,
            $"organizations?limit=1&cursor={page.GetProperty("next_cursor").GetString()}"
        );
        Assert.Equal(first.Handle, next.GetProperty("data")[0].GetProperty("org_id").GetString());

        await Admin(
            house,
            HttpMethod.Patch,
            $"organizations/{first.Handle}",
            """{"name":"Renamed"}"""
        );
        await Admin(
            house,
            HttpMethod.Post,
            "licenses",
            $$"""{"org_id":"{{first.Handle}}","tier":"enterprise"}"""
        );
        var shown = await Admin(house, HttpMethod.Get, $"organizations/{first.Handle}");
        Assert.Equal(
            ("Renamed", "Enterprise", "active", "Enterprise"),
            (
                shown.GetProperty("name").GetString(),
                shown.GetProperty("tier").GetString(),
                shown.GetProperty("status").GetString(),
                shown.GetProperty("license").GetProperty("tier").GetString()
            )
        );
        var wrong = await Admin(
            house,
            HttpMethod.Patch,
            $"organizations/{first.Handle}",
            """{"name":"","tier":"gold"}"""
        );
        Assert.Equal(2, wrong.GetProperty("mistakes").GetArrayLength());
        var none = await Admin(house, HttpMethod.Get, "organizations/nobody");
        Assert.Equal("organization_not_found", none.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_deleted_organisation_waits_can_be_exported_and_resumed_and_is_then_gone_from_every_table()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var (gone, stays) = (await house.NewTenant(), await house.NewTenant());
        var (_, key) = await gone.MintKey();
        await gone.NewPerson("viewer");
        foreach (var tenant in (TestTenant[])[gone, stays])
        {
            using var saved = await tenant.Put(
                "/api/v1/secrets/TOKEN",
                """{"value":"a secret's value"}"""
            );
            using var config = await tenant.Put("/api/v1/configs", "{\"flow\":\"\"}");
            await Admin(
                house,
                HttpMethod.Post,
                "licenses",
                $$"""{"org_id":"{{tenant.Handle}}","tier":"professional"}"""
            );
        }
        var deleted = await Admin(house, HttpMethod.Delete, $"organizations/{gone.Handle}");
        Assert.Equal("deleting", deleted.GetProperty("status").GetString());
        Assert.Equal(
            clock.GetUtcNow().AddDays(30),
            deleted.GetProperty("delete_at").GetDateTimeOffset()
        );
        Assert.Equal(HttpStatusCode.Forbidden, (await gone.Get("/api/v1/secrets")).StatusCode);
        await Settled(house, clock, gone, calls: 4);

        // What it made can be taken along; no credential and no secret is in it.
        using var export = await house.Send(
            HttpMethod.Get,
            $"/api/v1/admin/organizations/{gone.Handle}/export",
            admin: true
        );
        var text = await export.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var kinds = text.TrimEnd('\n')
            .Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString())
            .ToHashSet();
        Assert.Superset(
            new HashSet<string?> { "organization", "member", "key", "secret_name" },
            kinds
        );
        Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret's value", text, StringComparison.Ordinal);

        var eraser = house.Services.GetRequiredService<OrganizationEraser>();
        clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, await eraser.Round(TestContext.Current.CancellationToken));
        clock.Advance(TimeSpan.FromDays(1.1));
        await eraser.Round(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gone.Get("/api/v1/secrets")).StatusCode);
        Assert.Equal(0, await Rows(house, gone.Id));
        Assert.NotEqual(0, await Rows(house, stays.Id));
        Assert.Equal(HttpStatusCode.OK, (await stays.Get("/api/v1/secrets")).StatusCode);
        // Its name is free, and what comes after it has nothing of it.
        var again = await house.NewTenant(gone.Handle);
        Assert.NotEqual(gone.Id, again.Id);
        Assert.Equal(
            0,
            (await TestHouse.Json(await again.Get("/api/v1/secrets")))
                .GetProperty("data")
                .GetArrayLength()
        );
    }

    /// <summary>Goes on until what is written behind the requests is on record: the refusal of the last one, and so many calls of the tenant.</summary>
    private static async Task Settled(
        TestHouse house,
        ManualClock clock,
        TestTenant tenant,
        long calls
    )
    {
        await house
            .Services.GetRequiredService<RefusalLog>()
            .Flush(TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await Counted() < calls)
        {
            Assert.False(patience.IsCancellationRequested, "the calls were never on record");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Task<long> Counted() =>
            house.Database.Read(session =>
                session
                    .Of(tenant.Id)
                    .First<long>(
                        "SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM key_usage WHERE tenant_id = @tenant"
                    )
            );
    }

    private static string WithKeyOf(TestHouse other)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        File.Copy(Path.Combine(other.Data, "master.key"), Path.Combine(folder, "master.key"));
        return folder;
    }

    private static Task<long> Rows(TestHouse house, string tenantId) =>
        house.Database.Read(async session =>
        {
            var rows = 0L;
            foreach (var table in await TenantTables.InOrder(session))
                rows += await session
                    .Of(tenantId)
                    .First<long>($"SELECT COUNT(*) FROM {table} WHERE tenant_id = @tenant");
            return rows;
        });

    private static async Task<JsonElement> Admin(
        TestHouse house,
        HttpMethod method,
        string path,
        string? body = null
    )
    {
        using var answer = await house.Send(method, "/api/v1/admin/" + path, body, admin: true);
        return await TestHouse.Json(answer);
    }
}

public sealed class OrganizationTestsOnSqlite : OrganizationTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class OrganizationTestsOnPostgres : OrganizationTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
