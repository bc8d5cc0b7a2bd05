using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sluice.Server.Doors.Decisions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Ledger;

/// <summary>How the ledger is written: with the change or not at all, by several at once without a fork, in groups, and removed with proof.</summary>
public abstract class WriteTests
{
    private protected abstract Task<TestHouse> Open();

    [Fact]
    public async Task What_cannot_be_put_on_record_does_not_happen()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (id, key) = await tenant.MintKey();
        // A chain whose next number is taken: no entry can be added.
        await Sql(
            house,
            "UPDATE ledger_heads SET seq = seq - 1 WHERE tenant_id = @tenant",
            tenant.Id
        );

        using var revoked = await tenant.Delete($"/api/v1/keys/{id}");
        Assert.Equal(503, (int)revoked.StatusCode);
        using var created = await tenant.Post("/api/v1/keys", """{"name":"unrecorded"}""");
        Assert.Equal(503, (int)created.StatusCode);
        using var saved = await tenant.Put("/api/v1/secrets/UNRECORDED", """{"value":"x"}""");
        Assert.Equal(503, (int)saved.StatusCode);

        using var still = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
        Assert.Equal(200, (int)still.StatusCode);
        using var keys = await tenant.Get("/api/v1/keys");
        Assert.DoesNotContain("unrecorded", await keys.Content.ReadAsStringAsync());
        using var secrets = await tenant.Get("/api/v1/secrets");
        Assert.DoesNotContain("UNRECORDED", await secrets.Content.ReadAsStringAsync());

        await Sql(
            house,
            "UPDATE ledger_heads SET seq = seq + 1 WHERE tenant_id = @tenant",
            tenant.Id
        );
        using var again = await tenant.Delete($"/api/v1/keys/{id}");
        Assert.Equal(204, (int)again.StatusCode);
    }

    [Fact]
    public async Task Many_who_write_at_once_make_one_chain_without_a_fork()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => tenant.MintKey()));
        var verdict = Ledgers.Verify(await house.Export(tenant));
        Assert.Null(verdict.Problem);
        Assert.Equal(43, verdict.Last);
    }

    [Fact]
    public async Task Refusals_beyond_what_can_wait_are_counted_in_an_entry()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var log = new RefusalLog(
            house.Database,
            TimeProvider.System,
            NullLogger<RefusalLog>.Instance
        );
        const int Beyond = 7;
        for (var i = 0; i < RefusalLog.MostKinds + Beyond; i++)
            log.Note(
                Refused(tenant, $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}", $"{tenant.Handle}-{i}")
            );
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        await log.Flush(default);
        var rate = RefusalLog.MostKinds / clock.GetElapsedTime(began).TotalSeconds;
        TestContext.Current.SendDiagnosticMessage(
            $"{house.Database.Name}: {rate:0} chained entries a second"
        );
        var gap = Assert.Single(await tenant.Search("""{"action":"audit.gap"}"""));
        Assert.Equal(Beyond.ToString(), gap.GetProperty("details").Text("count"));
        var verdict = Ledgers.Verify(await house.Export(tenant));
        Assert.Null(verdict.Problem);
        Assert.Equal(RefusalLog.MostKinds + 4, verdict.Last);
    }

    [Fact]
    public async Task Refusals_wait_while_the_ledger_cannot_be_written()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var log = new RefusalLog(
            house.Database,
            TimeProvider.System,
            NullLogger<RefusalLog>.Instance
        );
        await Sql(
            house,
            "UPDATE ledger_heads SET seq = seq - 1 WHERE tenant_id = @tenant",
            tenant.Id
        );
        for (var i = 0; i < 300; i++)
            log.Note(Refused(tenant, "192.0.2.1", $"{tenant.Handle}-{i}"));
        await log.Flush(default);
        await Sql(
            house,
            "UPDATE ledger_heads SET seq = seq + 1 WHERE tenant_id = @tenant",
            tenant.Id
        );
        log.Note(Refused(tenant, "192.0.2.1", $"{tenant.Handle}-last"));
        await log.Flush(default);
        // Equal ones are one entry with their number; as many as one may want to look at can be asked for.
        var entry = Assert.Single(await tenant.Search("""{"action":"access.refuse"}"""));
        Assert.Equal("301", entry.GetProperty("details").Text("count"));
        Assert.Equal("missing_scope", entry.Text("code"));
        using var first = await tenant.Get($"/api/v1/decisions/{tenant.Handle}-0");
        Assert.Equal(200, (int)first.StatusCode);
        using var beyond = await tenant.Get($"/api/v1/decisions/{tenant.Handle}-299");
        Assert.Equal(404, (int)beyond.StatusCode);
    }

    [Fact]
    public async Task What_is_too_old_is_removed_with_a_signed_anchor_and_the_rest_verifies()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        for (var i = 0; i < 4; i++)
            await tenant.MintKey();
        var kept = await tenant.KeepCheckpoint();
        await AreOld(house, tenant, last: 3, TimeSpan.FromDays(31));
        var pruner = Pruner(house, days: 30);
        Assert.True(await pruner.Round(default) >= 3);
        var lines = await house.Export(tenant);
        var verdict = Ledgers.Verify(lines, kept);
        Assert.Null(verdict.Problem);
        Assert.Equal(4, verdict.First);
        using var answer = await tenant.Get("/api/v1/audit/chain");
        var chain = await TestHouse.Json(answer);
        Assert.Equal("whole", chain.Text("status"));
        Assert.Equal(4, chain.GetProperty("first").GetInt64());
        Assert.Equal(
            chain.GetProperty("seq").GetInt64(),
            3 + chain.GetProperty("checked").GetInt64()
        );
        var entry = Assert.Single(await tenant.Search("""{"action":"audit.prune"}"""));
        Assert.Equal("3", entry.GetProperty("details").Text("through"));

        // An anchor that nobody signed does not hide what is missing.
        var bare = lines.Where(line => !line.Contains("\"anchor\":true", StringComparison.Ordinal));
        Assert.Equal("missing", Ledgers.Verify(bare).Problem?.Kind);
        var moved = lines.Select(line =>
            line.Contains("\"anchor\":true", StringComparison.Ordinal)
                ? line.Replace("\"seq\":3", "\"seq\":4", StringComparison.Ordinal)
                : line
        );
        Assert.Equal("missing", Ledgers.Verify(moved).Problem?.Kind);
    }

    [Fact]
    public async Task No_setting_removes_entries_that_are_younger_than_seven_days()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        await tenant.MintKey();
        var pruner = Pruner(house, days: 1);
        await AreOld(house, tenant, last: 2, TimeSpan.FromDays(6.9));
        await pruner.Round(default);
        Assert.Equal(1, Ledgers.Verify(await house.Export(tenant)).First);
        await AreOld(house, tenant, last: 2, TimeSpan.FromDays(7.1));
        await pruner.Round(default);
        Assert.Equal(3, Ledgers.Verify(await house.Export(tenant)).First);
    }

    [Fact]
    public async Task What_has_grown_is_signed_by_the_clock_and_told_in_the_log()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var notary = house.Services.GetServices<IHostedService>().OfType<Notary>().Single();
        Assert.True(await notary.Round(default) > 0);
        Assert.Contains(
            await house.Export(tenant),
            line => line.Contains("\"seq\":2,\"signature\"", StringComparison.Ordinal)
        );
    }

    private static LedgerPruner Pruner(TestHouse house, int days) =>
        new(
            house.Database,
            house.Services.GetRequiredService<LedgerSigner>(),
            TimeProvider.System,
            Options.Create(new LedgerOptions { RetentionDays = days }),
            NullLogger<LedgerPruner>.Instance
        );

    /// <summary>Entries as they would be if they had been written a while ago.</summary>
    private static Task AreOld(TestHouse house, TestTenant tenant, int last, TimeSpan age) =>
        Sql(
            house,
            $"UPDATE ledger SET at = {(TimeProvider.System.GetUtcNow() - age).ToUnixTimeMilliseconds()} WHERE tenant_id = @tenant AND seq <= {last}",
            tenant.Id
        );

    private static Decision Refused(TestTenant tenant, string address, string request) =>
        new()
        {
            TenantId = tenant.Id,
            RequestId = request,
            At = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            Method = "GET",
            Route = "/api/v1/members",
            Status = 403,
            Code = "missing_scope",
            Detail = "No.",
            Scope = "admin",
            Door = Door.Key,
            ActorKind = OwnerKinds.Member,
            Address = address,
        };

    private static Task Sql(TestHouse house, string sql, string tenant) =>
        house.Database.Write(session =>
            session.Across("a hand in the database").Execute(sql, new { tenant })
        );
}

public sealed class WriteTestsOnSqlite(Houses houses) : WriteTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class WriteTestsOnPostgres(Houses houses) : WriteTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;

    [Fact]
    public async Task Two_servers_on_one_store_add_to_one_chain_and_sign_it_with_one_key()
    {
        var store = await Houses.NewPostgres();
        await using var one = await TestHouse.Open(store: store);
        await using var two = await TestHouse.Open(
            store: store,
            args: ["--Secrets:MasterKeyFile", Path.Combine(one.Data, "master.key")]
        );
        var tenant = await one.NewTenant();
        var there = tenant with { House = two };
        await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? tenant : there).MintKey())
        );
        var verdict = Ledgers.Verify(await one.Export(tenant), await there.KeepCheckpoint());
        Assert.Null(verdict.Problem);
        Assert.Equal(43, verdict.Last);
        Assert.Single(verdict.Keys);
    }
}
