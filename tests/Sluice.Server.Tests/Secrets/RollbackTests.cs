using System.Text.Json.Nodes;
using Sluice.Seal;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Webhooks;

namespace Sluice.Server.Tests.Secrets;

public sealed class SecretRollbacksOnSqlite() : SecretRollbacks(postgres: false);

public sealed class SecretRollbacksOnPostgres() : SecretRollbacks(postgres: true);

/// <summary>Whoever can write to the database puts a former row back, whole and in its place; the ledger knows better.</summary>
public abstract class SecretRollbacks(bool postgres) : StoreSuite(postgres)
{
    private const string RemoveNewest =
        "DELETE FROM secret_values WHERE tenant_id = @tenant AND name = @name AND version = (SELECT MAX(version) FROM secret_values WHERE tenant_id = @tenant AND name = @name)";

    private const string EndNone =
        "UPDATE secret_values SET ended_version = NULL, ended_at = NULL WHERE tenant_id = @tenant AND name = @name";

    private const string EndLate =
        "UPDATE secret_values SET ended_version = 1000000 WHERE tenant_id = @tenant AND name = @name AND ended_version IS NOT NULL";

    [Theory]
    [InlineData(true, RemoveNewest, EndNone)]
    [InlineData(true, EndLate)]
    [InlineData(true, RemoveNewest, EndLate)]
    [InlineData(false, EndNone)]
    [InlineData(false, EndLate)]
    public async Task An_old_row_of_a_secret_that_is_put_back_does_not_open(
        bool replaced,
        params string[] hand
    )
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "leaked-1");
        if (replaced)
            await tenant.Save("TOKEN", "sound-2", replace: true);
        else
            await tenant.Delete("TOKEN");
        await Do(house, tenant, "TOKEN", hand);

        await DoesNotOpen(tenant, "TOKEN");
        Assert.Contains("Critical Secret TOKEN of tenant", house.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("leaked-1", house.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_whose_row_was_taken_away_is_not_merely_unset_and_saving_it_puts_it_right()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "sound-1");
        await Do(house, tenant, "TOKEN", RemoveNewest);
        await DoesNotOpen(tenant, "TOKEN");

        await tenant.Save("TOKEN", "anew");
        Assert.Equal("anew", await tenant.ReadNow("TOKEN"));
    }

    [Fact]
    public async Task A_count_of_changes_that_is_set_back_opens_no_former_value()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "leaked-1");
        var then = await tenant.Pin();
        await tenant.Save("TOKEN", "sound-2", replace: true);

        await house.Database.Write(session =>
            session
                .Of(tenant.Id)
                .Execute(
                    "UPDATE environment_changes SET last = @At WHERE tenant_id = @tenant",
                    then
                )
        );
        await DoesNotOpen(tenant, "TOKEN");
    }

    [Fact]
    public async Task A_configs_former_override_that_is_put_back_does_not_open()
    {
        await using var house = await Start();
        var (tenant, config) = await WithOverride(house);
        await Override(tenant, config, "TOKEN", "sound-2");
        Assert.Equal("sound-2", await tenant.ReadNow("TOKEN", config));
        await Do(house, tenant, "TOKEN", RemoveNewest, EndNone);

        await DoesNotOpen(tenant, "TOKEN", config);
        Assert.Equal("of the tenant", await tenant.ReadNow("TOKEN"));
    }

    [Fact]
    public async Task A_config_whose_override_was_taken_away_does_not_fall_back_to_the_tenants_secret()
    {
        await using var house = await Start();
        var (tenant, config) = await WithOverride(house);
        await Do(house, tenant, "TOKEN", RemoveNewest);

        await DoesNotOpen(tenant, "TOKEN", config);
        Assert.Equal("of the tenant", await tenant.ReadNow("TOKEN"));
    }

    [Fact]
    public async Task What_a_deleted_config_overrode_does_not_come_back()
    {
        await using var house = await Start();
        var (tenant, config) = await WithOverride(house);
        Assert.Equal(
            204,
            (await tenant.Send(HttpMethod.Delete, $"/api/v1/configs/{config}")).Status
        );
        Assert.Equal("of the tenant", await tenant.ReadNow("TOKEN", config));
        await Do(house, tenant, "TOKEN", EndNone);

        await DoesNotOpen(tenant, "TOKEN", config);
    }

    [Fact]
    public async Task A_removed_webhooks_secret_that_is_put_back_signs_nothing()
    {
        await using var house = await Start(
            settings: ["--Outbound:Allow:AuditWebhook", "127.0.0.1"]
        );
        var tenant = await house.NewTenant("acme");
        var made = await tenant.Send(
            HttpMethod.Post,
            "/api/v1/audit/streams",
            """{"url":"https://127.0.0.1:9/","enabled":false}"""
        );
        Assert.Equal(201, made.Status);
        var id = (string)made.Json["id"]!;
        Assert.True(await Opens(house, tenant, id));

        var removed = await tenant.Send(HttpMethod.Delete, $"/api/v1/audit/streams/{id}");
        Assert.Equal(204, removed.Status);
        Assert.False(await Opens(house, tenant, id));
        await Do(house, tenant, "SIGNING_SECRET", EndNone);
        Assert.False(await Opens(house, tenant, id));
        Assert.Contains("does not open (RolledBack)", house.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_pinned_a_former_value_still_opens_it()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "first");
        await tenant.Save("NEIGHBOUR", "other");
        var first = await tenant.Pin();
        for (var number = 2; number <= 230; number++)
            await tenant.Save("TOKEN", $"value {number}", replace: true);
        var late = await tenant.Pin();
        await tenant.Delete("TOKEN");

        Assert.Equal("first", await tenant.Read(first, "TOKEN"));
        Assert.Equal("other", await tenant.Read(first, "NEIGHBOUR"));
        Assert.Equal("value 230", await tenant.Read(late, "TOKEN"));
        Assert.Null(await tenant.ReadNow("TOKEN"));
    }

    [Fact]
    public async Task A_value_whose_entry_left_the_ledger_still_opens()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("OLD", "value");
        await tenant.Save("TOKEN", "leaked-1");
        await Do(house, tenant, "", "DELETE FROM ledger WHERE tenant_id = @tenant");
        Assert.Equal("value", await tenant.ReadNow("OLD"));
        Assert.Equal("leaked-1", await tenant.ReadNow("TOKEN"));

        // The entry that ended it is there, so it does not come back.
        await tenant.Save("TOKEN", "sound-2", replace: true);
        await Do(house, tenant, "TOKEN", RemoveNewest, EndNone);
        await DoesNotOpen(tenant, "TOKEN");
    }

    private static async Task DoesNotOpen(Tenant tenant, string name, string? config = null)
    {
        var broken = await Assert.ThrowsAsync<SealBrokenException>(() =>
            tenant.ReadNow(name, config)
        );
        Assert.Equal(SealBreak.RolledBack, broken.Reason);
    }

    private static async Task<bool> Opens(SecretHouse house, Tenant tenant, string webhook)
    {
        using var secret = await house
            .Get<StreamPost>()
            .OpenSecret(tenant.Id, webhook, CancellationToken.None);
        return secret is not null;
    }

    private static async Task Do(
        SecretHouse house,
        Tenant tenant,
        string name,
        params string[] statements
    )
    {
        foreach (var sql in statements)
            Assert.NotEqual(
                0,
                await house.Database.Write(session =>
                    session.Of(tenant.Id).Execute(sql, new { name })
                )
            );
    }

    /// <summary>A tenant with a secret, and a config that overrides it.</summary>
    private static async Task<(Tenant Tenant, string Config)> WithOverride(SecretHouse house)
    {
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "of the tenant");
        var saved = await tenant.PutJson("/api/v1/configs", """{"flow":"acme/greet"}""");
        var config = (string)saved.Json["id"]!;
        await Override(tenant, config, "TOKEN", "leaked-1");
        Assert.Equal("leaked-1", await tenant.ReadNow("TOKEN", config));
        return (tenant, config);
    }

    private static Task<Answer> Override(Tenant tenant, string config, string name, string value) =>
        tenant.PutJson(
            $"/api/v1/configs/{config}/secrets/{name}",
            new JsonObject { ["value"] = value, ["replace"] = true }.ToJsonString()
        );
}
