using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Sluice.Runner;
using Sluice.Seal;
using Sluice.Server;
using Sluice.Server.Keys;
using Sluice.Server.Runners;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Bench;

/// <summary>
/// The real house with what the bench needs beside: an endpoint that does nothing behind the full door, steps that do
/// nothing in process, and hands that fill the store. It listens on loopback only.
/// </summary>
internal static class HouseChild
{
    /// <summary>Under a row of Doors.cs that asks for a key with a scope in the right environment.</summary>
    public const string Verify = "/api/v1/keys/verify/bench";

    /// <summary>Under the public row.</summary>
    public const string Open = "/docs/bench";

    /// <summary>Flows whose name ends so have their nodes answered in process.</summary>
    public const string NoOp = "noop";

    /// <summary>Of those, the flows of which one step in a hundred fails at its first attempt.</summary>
    public const string Flaky = "flaky-" + NoOp;

    /// <summary>Of those, the flows whose steps wait until the gate is opened.</summary>
    public const string Gated = "gated-" + NoOp;

    private static readonly TaskCompletionSource Gate = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private static int _calls;

    public static async Task<int> Run(string[] args)
    {
        await using var app = await House.Build(args, SkipNoOps);
        app.MapGet(Verify, static (Caller _) => HelloChild.Text);
        app.MapGet($"{Open}/hello", static () => HelloChild.Text);
        app.MapGet($"{Open}/plain", PlainCheck);
        app.MapPost($"{Open}/lookups", LookUps);
        app.MapPost($"{Open}/ledger", LedgerChild.Write);
        app.MapPost($"{Open}/fill/{{tenant}}/{{count:int}}", Fill);
        app.MapPost($"{Open}/copy/{{tenant}}/{{count:int}}", CopyTenant);
        app.MapPost($"{Open}/grow/{{tenant}}/{{from:int}}/{{to:int}}", Grow);
        app.MapPost(
            $"{Open}/spread/{{tenant}}/{{runs:int}}/{{flows:int}}/{{keys:int}}",
            Spread.Handle
        );
        app.MapPost(
            $"{Open}/gate",
            static () =>
            {
                Gate.SetResult();
                return HelloChild.Text;
            }
        );
        await app.StartAsync();
        await Console.Out.WriteLineAsync($"house listens on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static void SkipNoOps(WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<NodeCaller>(provider =>
        {
            var runner = provider.GetRequiredService<LocalRunner>();
            return (call, stop) =>
                call.FlowId.EndsWith(NoOp, StringComparison.Ordinal)
                    ? NoStep(call, stop)
                    : runner.Nodes.Call(call, stop);
        });

    private static async Task<NodeOutcome> NoStep(NodeCall call, CancellationToken stop)
    {
        if (call.FlowId.EndsWith(Gated, StringComparison.Ordinal))
            await Gate.Task.WaitAsync(stop);
        if (
            call.FlowId.EndsWith(Flaky, StringComparison.Ordinal)
            && Interlocked.Increment(ref _calls) % 100 == 0
        )
            return new NodeOutcome
            {
                Kind = NodeOutcomeKind.NodeError,
                Message = "one in a hundred",
            };
        return new NodeOutcome { Kind = NodeOutcomeKind.Succeeded, Output = call.Input };
    }

    // What PostgreSQL costs when each request asks by itself: the checks around the look-up are left out in its favour.
    private static async Task<IResult> PlainCheck(HttpContext context, Database database)
    {
        var text = context.Request.Headers.Authorization.ToString()["Bearer ".Length..];
        var found = await FindPlain(database, KeyText.Hash(text));
        return found is { Revoked: false }
            ? TypedResults.Text(HelloChild.Text)
            : TypedResults.StatusCode(401);
    }

    private static Task<FoundKey?> FindPlain(Database database, byte[] hash) =>
        database.Read(async session =>
        {
            await using var command = new NpgsqlCommand(
                KeyLookup.Sql + " = $1",
                (NpgsqlConnection)session.Connection
            );
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = hash });
            await using var reader = await command.ExecuteReaderAsync();
            return await reader.ReadAsync() ? KeyLookup.Map(new ReaderRow(reader)) : null;
        });

    /// <summary>The look-up alone, by several at once; the body has one key a line.</summary>
    private static async Task<IResult> LookUps(
        HttpContext context,
        double seconds,
        int callers,
        bool plain,
        KeyLookup lookup,
        Database database
    )
    {
        using var reader = new StreamReader(context.Request.Body);
        var hashes = (await reader.ReadToEndAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(key => KeyText.Hash(key))
            .ToArray();
        var watch = Stopwatch.StartNew();
        var until = TimeSpan.FromSeconds(seconds);
        var latencies = await Task.WhenAll(
            Enumerable
                .Range(0, callers)
                .Select(caller =>
                    Task.Run(async () =>
                    {
                        var times = new List<double>();
                        for (var i = caller; watch.Elapsed < until; i++)
                        {
                            var hash = hashes[i % hashes.Length];
                            var began = Stopwatch.GetTimestamp();
                            var found = plain
                                ? await FindPlain(database, hash)
                                : await lookup.Find(hash);
                            if (found is null)
                                throw new InvalidOperationException("a key is missing");
                            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                        }
                        return times;
                    })
                )
        );
        var elapsed = watch.Elapsed.TotalSeconds;
        var all = latencies.SelectMany(times => times).Order().ToList();
        return TypedResults.Text(
            string.Join(
                ' ',
                new[]
                {
                    all.Count / elapsed,
                    all[all.Count / 2],
                    all[(int)(all.Count * 0.99)],
                }.Select(number => number.ToString("R"))
            )
        );
    }

    /// <summary>Keys that nobody holds, so that the table has the size that is claimed.</summary>
    private static async Task<IResult> Fill(string tenant, int count, Database database)
    {
        var hash =
            database.Dialect == Dialect.Sqlite
                ? "randomblob(32)"
                : "sha256(CAST(CAST(random() AS TEXT) || i AS BYTEA))";
        var rows = await database.Write(session =>
            session
                .Across("filled by the bench")
                .Execute(
                    $"""
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
                    INSERT INTO keys (tenant_id, id, environment, name, shape, hash, masked, scopes, owner_kind, owner_id, created_at)
                    SELECT @tenant, 'filled-' || i, 'live', 'filled', 'standard', {hash}, 'slc_live…', 1, 'member', 'filled', 0 FROM n
                    """,
                    new { tenant, count }
                )
        );
        // As PostgreSQL does by itself within a minute of such a change.
        if (database.Dialect == Dialect.Postgres)
            await database.Write(session =>
                session.Across("filled by the bench").Execute("ANALYZE keys")
            );
        return TypedResults.Text(rows.ToString());
    }

    /// <summary>Tenants with the packages, flows and graphs of another one.</summary>
    private static async Task<IResult> CopyTenant(string tenant, int count, Database database)
    {
        await database.Write(async session =>
        {
            var all = session.Across("copied by the bench");
            const string numbers =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)";
            await all.Execute(
                $"{numbers} INSERT INTO tenants (id, handle, name, tier, created_at) SELECT 'copy-' || i, 'copy-' || i, 'copy', 'Community', 0 FROM n",
                new { count }
            );
            foreach (
                var (table, columns) in new[]
                {
                    (
                        "packages",
                        "name, version, language, digest, fingerprint, manifest, protos, build_log, created_at"
                    ),
                    ("package_archives", "digest, archive"),
                    ("flows", "environment, name, revision, created_at, updated_at"),
                    ("graphs", "id, environment, flow, revision, body, created_at"),
                }
            )
                await all.Execute(
                    $"{numbers} INSERT INTO {table} (tenant_id, {columns}) SELECT 'copy-' || i, {columns} FROM n JOIN {table} ON tenant_id = @tenant",
                    new { count, tenant }
                );
        });
        return TypedResults.Text(count.ToString());
    }

    /// <summary>Runs that have ended, as the tenant's last one has, with their journals: from so many to so many.</summary>
    private static async Task<IResult> Grow(string tenant, int from, int to, Database database)
    {
        var id =
            database.Dialect == Dialect.Sqlite
                ? "printf('00%024d', i)"
                : "'00' || lpad(CAST(i AS TEXT), 24, '0')";
        const int batch = 10_000;
        for (var at = from; at < to; at += batch)
        {
            var (first, last) = (at + 1, Math.Min(to, at + batch));
            await database.Write(async session =>
            {
                var all = session.Across("filled by the bench");
                foreach (
                    var (table, key, columns) in new[]
                    {
                        (
                            "runs",
                            "id",
                            "environment, flow, graph_id, status, key_id, config_id, node_timeout_seconds, params, secrets_version, input, output, error, server, request_id, created_at, started_at, ended_at, interactive, priority, limited, depth"
                        ),
                        (
                            "run_steps",
                            "run_id",
                            "seq, alias, visit, item, attempt, status, output, error, logs, origin, cold, started_at, ended_at, duration_us"
                        ),
                    }
                )
                    await all.Execute(
                        $"""
                        WITH RECURSIVE n(i) AS (SELECT @first UNION ALL SELECT i + 1 FROM n WHERE i < @last)
                        INSERT INTO {table} (tenant_id, {key}, {columns})
                        SELECT tenant_id, {id}, {columns} FROM n JOIN {table} ON tenant_id = @tenant
                          AND {key} = (SELECT MAX(id) FROM runs WHERE tenant_id = @tenant AND ended_at IS NOT NULL)
                        """,
                        new
                        {
                            first,
                            last,
                            tenant,
                        }
                    );
            });
        }
        if (database.Dialect == Dialect.Postgres)
            await database.Write(session =>
                session.Across("filled by the bench").Execute("ANALYZE runs, run_steps")
            );
        return TypedResults.Text(to.ToString());
    }
}
