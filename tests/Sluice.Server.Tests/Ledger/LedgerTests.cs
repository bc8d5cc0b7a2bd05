using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Sluice.Seal;
using Sluice.Server.Ledger;

namespace Sluice.Server.Tests.Ledger;

/// <summary>What the ledger remembers, who may read it, and that a copy of it verifies.</summary>
public abstract class LedgerTests
{
    private protected abstract Task<TestHouse> Open();

    [Fact]
    public async Task A_change_of_a_key_is_on_record_with_who_what_when_from_where_and_how_it_went()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var (id, text) = await tenant.MintKey("\"scopes\":[\"runs:read\"]");
        using var revoked = await tenant.Delete($"/api/v1/keys/{id}");
        var request = revoked.Headers.GetValues("X-Request-Id").Single();

        var entry = Assert.Single(await tenant.Search($$"""{"request_id":"{{request}}"}"""));
        Assert.Equal("key.revoke", entry.Text("action"));
        Assert.Equal("done", entry.Text("result"));
        Assert.Equal("key", entry.Text("door"));
        Assert.Equal("member", entry.Text("actor_kind"));
        Assert.Equal($"owner@{tenant.Handle}.example", entry.Text("user_email"));
        Assert.Equal("127.0.0.1", entry.Text("address"));
        Assert.Equal(id, entry.Text("target"));
        Assert.Equal("live", entry.Text("environment"));
        Assert.True(
            TimeProvider.System.GetUtcNow() - entry.GetProperty("at").GetDateTimeOffset()
                < TimeSpan.FromMinutes(5)
        );

        var made = Assert.Single(
            await tenant.Search($$"""{"action":"key.create","target":"{{id}}"}""")
        );
        Assert.Equal("runs:read", made.GetProperty("details").Text("scopes"));
        Assert.DoesNotContain(
            text,
            string.Join('\n', await house.Export(tenant)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_copy_verifies_and_so_does_one_that_goes_on_from_it()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        await tenant.MintKey();
        var first = await house.Export(tenant);
        var verdict = Ledgers.Verify(first);
        Assert.Null(verdict.Problem);
        Assert.Equal(tenant.Id, verdict.Chain);
        // Made, its first key, another key, and this export.
        Assert.Equal(4, verdict.Last);

        await tenant.MintKey();
        var more = await house.Export(tenant, $"?after={verdict.Last}");
        Assert.Equal(6, Ledgers.Verify([.. first, .. more]).Last);
        Assert.Null(Ledgers.Verify([.. first, .. more]).Problem);
        Assert.Equal("missing", Ledgers.Verify(more).Problem?.Kind);
    }

    [Fact]
    public async Task What_the_operator_does_to_a_tenant_is_in_both_ledgers()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var minted = await house.Send(
            HttpMethod.Post,
            $"/api/v1/admin/organizations/{tenant.Handle}/keys",
            """{"name":"by the operator"}""",
            admin: true
        );
        var request = minted.Headers.GetValues("X-Request-Id").Single();
        var entry = Assert.Single(await tenant.Search($$"""{"request_id":"{{request}}"}"""));
        Assert.Equal("operator", entry.Text("actor_kind"));
        Assert.Equal("admin", entry.Text("door"));

        var own = await house.Export(null);
        Assert.Contains(
            own,
            line =>
                line.Contains(request, StringComparison.Ordinal)
                && line.Contains(tenant.Id, StringComparison.Ordinal)
        );
        Assert.Null(Ledgers.Verify(own).Problem);
    }

    [Fact]
    public async Task A_tenant_sees_its_own_ledger_alone_and_needs_the_scope_for_it()
    {
        var house = await Open();
        var (mine, other) = (await house.NewTenant(), await house.NewTenant());
        Assert.All(
            await mine.Search("""{"limit":1000}"""),
            entry => Assert.Equal(mine.Id, entry.Text("tenant_id"))
        );
        Assert.DoesNotContain(
            other.Id,
            string.Join('\n', await house.Export(mine)),
            StringComparison.Ordinal
        );
        var (_, key) = await mine.MintKey("\"scopes\":[\"admin\"]");
        using var refused = await house.Send(HttpMethod.Post, "/api/v1/audit/search", "{}", key);
        Assert.Equal(403, (int)refused.StatusCode);
    }

    [Fact]
    public async Task A_search_filters_and_goes_on_by_its_cursor_while_entries_are_added()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        for (var i = 0; i < 5; i++)
            await tenant.MintKey();
        using var answer = await tenant.Post(
            "/api/v1/audit/search",
            """{"action":"key.*","limit":2}"""
        );
        var page = await TestHouse.Json(answer);
        Assert.Equal(6, page.GetProperty("total").GetInt64());
        var seen = page.GetProperty("entries").EnumerateArray().Select(Seq).ToList();
        await tenant.MintKey();
        while (page.Text("next_cursor") is { } cursor)
        {
            using var next = await tenant.Post(
                "/api/v1/audit/search",
                $$"""{"action":"key.*","limit":2,"cursor":"{{cursor}}"}"""
            );
            page = await TestHouse.Json(next);
            seen.AddRange(page.GetProperty("entries").EnumerateArray().Select(Seq));
        }
        Assert.Equal(6, seen.Count);
        Assert.Equal(seen.OrderDescending(), seen);

        var at = (await tenant.Search("""{"limit":1}"""))[0].Text("at");
        Assert.Empty(await tenant.Search($$"""{"end_time":"{{at}}","action":"nothing.such"}"""));
        Assert.NotEmpty(await tenant.Search($$"""{"start_time":"{{at}}"}"""));
        Assert.Empty(await tenant.Search("""{"start_time":"2100-01-01T00:00:00Z"}"""));
        Assert.NotEmpty(
            await tenant.Search(
                $$"""{"user_email":"owner@{{tenant.Handle}}.example","request_type":"key.create","offset":1}"""
            )
        );
        // A percent sign is no wildcard of the caller's.
        Assert.Empty(await tenant.Search("""{"action":"k%*"}"""));

        using var wrong = await tenant.Post(
            "/api/v1/audit/search",
            """{"limit":0,"offset":-1,"cursor":"x"}"""
        );
        var mistakes = (await TestHouse.Json(wrong)).GetProperty("mistakes");
        Assert.Equal(3, mistakes.GetArrayLength());
    }

    [Fact]
    public async Task A_spreadsheet_takes_no_cell_of_a_copy_for_a_formula()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var made = await tenant.Post(
            "/api/v1/service-accounts",
            """{"name":"=HYPERLINK(1,\"x\")","scopes":["runs:read"]}"""
        );
        var formula = new LedgerEntry
        {
            TenantId = "t",
            At = 0,
            Action = "a",
            Result = "done",
            Door = "key",
            ActorKind = "member",
            ActorName = "=1+1",
            Target = " @SUM(A1)",
            Details = "-2",
        };
        Assert.Contains(",'=1+1,", LedgerCsv.Row(formula));
        Assert.Contains(",' @SUM(A1),'-2,", LedgerCsv.Row(formula));
        foreach (
            var text in (string[])
                [
                    "\u00A0=1",
                    "\u3000+1",
                    "\uFF1D1+1",
                    "\uFF0B1",
                    "\uFF0D1",
                    " \uFF20SUM(A1)",
                    "\t=1",
                    "\tx",
                ]
        )
            Assert.Contains($",'{text},", LedgerCsv.Row(formula with { Target = text }));
        // What ends a cell or a line stands in quotes, and a quote is two.
        foreach (
            var (text, cell) in (ReadOnlySpan<(string, string)>)
                [
                    ("\rx", "\"'\rx\""),
                    ("\nx", "\"'\nx\""),
                    ("x\",=1,\"", "\"x\"\",=1,\"\"\""),
                    ("x\r\n=1", "\"x\r\n=1\""),
                ]
        )
            Assert.Contains($",{cell},", LedgerCsv.Row(formula with { Target = text }));
        var lines = await house.Export(tenant, "?format=csv");
        Assert.StartsWith("seq,at,action", lines[0]);
        Assert.All(lines, line => Assert.DoesNotMatch(@"(^|,)""?\s*[=+\-@]", line.TrimEnd('\r')));
    }

    [Fact]
    public async Task A_verifier_in_another_language_that_knows_the_page_alone_agrees()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var odd = await tenant.Post(
            "/api/v1/service-accounts",
            """{"name":"Zoë \"\\ 𝄞 </script>","scopes":["runs:read"]}"""
        );
        Assert.Equal(201, (int)odd.StatusCode);
        await tenant.MintKey();
        var kept = await tenant.KeepCheckpoint();
        var lines = await house.Export(tenant);
        Assert.Contains("holds: 5 entries to 5", Python(lines, kept));

        var changed = lines.ToList();
        changed[^2] = changed[^2].Replace("\"done\"", "\"refused\"", StringComparison.Ordinal);
        Assert.Contains("changed at 4", Python(changed, kept));
        Assert.Contains("tail_missing at 4", Python([.. lines.SkipLast(2)], kept));
        Assert.Contains("bad_signature", Python(lines, kept with { Seq = 3 }));
    }

    /// <summary>What spec/vectors/verify_ledger.py says of a copy.</summary>
    private static string Python(IEnumerable<string> lines, Checkpoint kept)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-");
        try
        {
            var (copy, elsewhere) = (
                Path.Combine(folder.FullName, "copy"),
                Path.Combine(folder.FullName, "kept")
            );
            File.WriteAllLines(copy, lines);
            File.WriteAllBytes(elsewhere, kept.Line());
            var script = Path.Combine(Tree(), "spec", "vectors", "verify_ledger.py");
            using var process = Process.Start(
                new ProcessStartInfo("python3", [script, copy, elsewhere])
                {
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                }
            )!;
            return process.StandardOutput.ReadToEnd();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Tree([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..");

    private static long Seq(JsonElement entry) => entry.GetProperty("seq").GetInt64();
}

public sealed class LedgerTestsOnSqlite(Houses houses) : LedgerTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class LedgerTestsOnPostgres(Houses houses) : LedgerTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
