using System.Text.Json.Nodes;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Ledger;

/// <summary>Whoever can write to the database changes the past; the copy, or a checkpoint kept elsewhere, names what and where.</summary>
public abstract class TamperTests
{
    private const int Entries = 8;

    private protected abstract Task<TestHouse> Open();

    /// <summary>What a hand in the database does, and what the next export is found to be.</summary>
    [Theory]
    [InlineData(
        "UPDATE ledger SET actor_name = 'somebody else' WHERE tenant_id = @tenant AND seq = 4",
        "changed",
        4
    )]
    [InlineData(
        "UPDATE ledger SET details = 'no json' WHERE tenant_id = @tenant AND seq = 4",
        "changed",
        4
    )]
    [InlineData(
        "UPDATE ledger SET at = at + 1 WHERE tenant_id = @tenant AND seq = 1",
        "changed",
        1
    )]
    [InlineData("DELETE FROM ledger WHERE tenant_id = @tenant AND seq = 5", "missing", 5)]
    [InlineData("DELETE FROM ledger WHERE tenant_id = @tenant AND seq <= 2", "missing", 1)]
    [InlineData(
        "UPDATE ledger SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE tenant_id = @tenant AND seq IN (3, 4); UPDATE ledger SET seq = -seq WHERE tenant_id = @tenant AND seq < 0",
        "changed",
        3
    )]
    public async Task A_changed_past_is_named(string sql, string kind, long seq)
    {
        var (house, tenant) = await World();
        Assert.Equal(("whole", null), await Standing(tenant));
        await Do(house, tenant, sql);
        Assert.Equal(("broken", seq), await Standing(tenant));
        var problem = Ledgers.Verify(await house.Export(tenant)).Problem;
        Assert.Equal((kind, seq), (problem?.Kind, problem?.Seq));
    }

    [Fact]
    public async Task A_cut_tail_is_named_though_the_head_was_set_back()
    {
        var (house, tenant) = await World();
        var kept = await tenant.KeepCheckpoint();
        var copy = await house.Export(tenant);
        await Do(
            house,
            tenant,
            "DELETE FROM ledger WHERE tenant_id = @tenant AND seq > 5; UPDATE ledger_heads SET seq = 5, hash = (SELECT hash FROM ledger WHERE tenant_id = @tenant AND seq = 5) WHERE tenant_id = @tenant"
        );
        // The checkpoints in the database tell of it.
        Assert.Equal(("broken", 6), await Standing(tenant));
        var lines = await house.Export(tenant);
        Expect("tail_missing", 7, lines);
        // With them rolled back too, only one that was kept elsewhere does.
        await Do(
            house,
            tenant,
            "DELETE FROM ledger_checkpoints WHERE tenant_id = @tenant; DELETE FROM ledger WHERE tenant_id = @tenant AND seq > 5; UPDATE ledger_heads SET seq = 5, hash = (SELECT hash FROM ledger WHERE tenant_id = @tenant AND seq = 5) WHERE tenant_id = @tenant"
        );
        lines = await house.Export(tenant);
        Assert.Null(Ledgers.Verify(lines).Problem);
        var problem = Ledgers.Verify(lines, kept).Problem;
        Assert.Equal(("tail_missing", 7L), (problem?.Kind, problem?.Seq));
        Assert.Contains("7 to 8 are missing", problem!.Detail);

        // A copy that was cut, as by a lost connection.
        problem = Ledgers.Verify(copy.SkipLast(2)).Problem;
        Assert.Equal(("tail_missing", 8L), (problem?.Kind, problem?.Seq));
    }

    [Fact]
    public async Task Entries_that_are_out_of_order_forked_foreign_or_repeated_are_named()
    {
        var (house, tenant) = await World();
        var stranger = await house.NewTenant();
        var lines = await house.Export(tenant);
        var first = lines.FindIndex(line =>
            line.Contains("\"type\":\"entry\"", StringComparison.Ordinal)
        );
        string At(int seq) => lines[first + seq - 1];

        var swapped = lines.ToList();
        (swapped[first + 2], swapped[first + 3]) = (At(4), At(3));
        Expect("out_of_order", 3, swapped);

        var foreign = lines.ToList();
        var theirs = await house.Export(stranger);
        foreign[first + 2] = theirs.Last();
        Expect("foreign", 3, foreign);

        var repeated = lines.ToList();
        repeated.Insert(first + 4, At(3));
        Expect("repeated", 3, repeated);

        var fork = JsonNode.Parse(At(3))!.AsObject();
        fork["result"] = "refused";
        var forked = lines.ToList();
        forked.Insert(first + 3, fork.ToJsonString());
        Expect("fork", 3, forked);

        Expect("malformed", 3, [.. lines.Take(first + 2), "no json", .. lines.Skip(first + 3)]);
        Expect(
            "broken_link",
            3,
            Rehashed(lines, first + 2, entry => entry["prev"] = new string('a', 64))
        );
    }

    [Fact]
    public async Task A_past_that_is_rewritten_whole_with_all_hashes_is_named_by_its_checkpoints()
    {
        var (house, tenant) = await World();
        var kept = await tenant.KeepCheckpoint();
        var lines = await house.Export(tenant);
        var first = lines.FindIndex(line =>
            line.Contains("\"type\":\"entry\"", StringComparison.Ordinal)
        );
        var rewritten = lines.ToList();
        for (var i = first + 3; i < rewritten.Count; i++)
        {
            var previous = JsonNode.Parse(rewritten[i - 1])!["hash"]!.GetValue<string>();
            rewritten = Rehashed(
                rewritten,
                i,
                entry =>
                {
                    entry["prev"] = previous;
                    entry["actor_name"] = "somebody else";
                }
            );
        }
        var problem = Ledgers.Verify(rewritten).Problem;
        Assert.Equal("rewritten", problem?.Kind);
        // Without the checkpoints of the copy, nobody has signed; with another key's, nobody whom the verifier trusts.
        var bare = rewritten
            .Where(line => !line.Contains("\"checkpoint\"", StringComparison.Ordinal))
            .ToList();
        Expect("unsigned", 1, bare);
        using var forger = SigningKey.From(DataKey.Generate());
        var verdict = Ledgers.Verify(bare);
        var forged = Checkpoint.Sign(
            forger,
            verdict.Chain!,
            verdict.Last,
            verdict.Hash,
            TimeProvider.System.GetUtcNow()
        );
        Assert.Equal("unknown_key", Ledgers.Verify(bare, forged).Problem?.Kind);
        Assert.Equal("rewritten", Ledgers.Verify(bare, kept).Problem?.Kind);
        // A signature holds for what was signed.
        Assert.Equal("bad_signature", Ledgers.Verify(lines, kept with { Seq = 3 }).Problem?.Kind);
    }

    /// <summary>How the server itself says that the chain stands, and where it is broken.</summary>
    private static async Task<(string?, long?)> Standing(TestTenant tenant)
    {
        using var answer = await tenant.Get("/api/v1/audit/chain");
        var chain = await TestHouse.Json(answer);
        return (
            chain.Text("status"),
            chain.TryGetProperty("broken_at", out var at) ? at.GetInt64() : null
        );
    }

    private static void Expect(string kind, long seq, IEnumerable<string> lines)
    {
        var problem = Ledgers.Verify(lines).Problem;
        Assert.Equal((kind, seq), (problem?.Kind, problem?.Seq));
    }

    /// <summary>A line changed, with a hash that fits it.</summary>
    private static List<string> Rehashed(List<string> lines, int index, Action<JsonObject> change)
    {
        var entry = JsonNode.Parse(lines[index])!.AsObject();
        change(entry);
        using var json = System.Text.Json.JsonDocument.Parse(entry.ToJsonString());
        entry["hash"] = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(
                CanonicalJson.Of(json.RootElement, without: "hash")
            )
        );
        return [.. lines.Take(index), entry.ToJsonString(), .. lines.Skip(index + 1)];
    }

    /// <summary>A tenant of whom a few entries are written.</summary>
    private async Task<(TestHouse House, TestTenant Tenant)> World()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        for (var i = 2; i < Entries; i++)
            await tenant.MintKey();
        return (house, tenant);
    }

    private static Task Do(TestHouse house, TestTenant tenant, string sql) =>
        house.Database.Write(async session =>
        {
            foreach (var statement in sql.Split("; "))
                await session
                    .Across("a hand in the database")
                    .Execute(statement, new { tenant = tenant.Id });
        });
}

public sealed class TamperTestsOnSqlite(Houses houses) : TamperTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class TamperTestsOnPostgres(Houses houses) : TamperTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
