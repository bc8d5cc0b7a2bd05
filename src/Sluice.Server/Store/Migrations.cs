using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Sluice.Server.Store;

/// <summary>Applies the numbered files under <c>Migrations/</c>: once each, in order, under the dialect's lock.</summary>
internal static class Migrations
{
    private const string Prefix = "migrations/";

    /// <exception cref="SchemaException">The schema is newer than this program, or an applied file has changed.</exception>
    public static Task Apply(Database database, TimeProvider clock, CancellationToken stop) =>
        database.Migrate(connection => Apply(connection, database.Dialect, clock), stop);

    /// <summary>Whether this program can serve the store, as it is or after applying what is missing; changes nothing.</summary>
    /// <exception cref="SchemaException">The schema is newer than this program, an applied file has changed, or it is no store of ours.</exception>
    public static Task Check(Database database) =>
        database.Read(async session =>
        {
            var applied = await Applied(session.Connection);
            if (applied.Count == 0)
                throw new SchemaException("This is not a store of Sluice.");
            return Missing(applied).Count;
        });

    private static async Task Apply(DbConnection connection, Dialect dialect, TimeProvider clock)
    {
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)"
        );
        foreach (var file in Missing(await Applied(connection)))
        {
            foreach (var statement in Statements(file.Sql, dialect))
                await connection.ExecuteAsync(statement);
            await connection.ExecuteAsync(
                "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (@Number, @Name, @Checksum, @Now)",
                new
                {
                    file.Number,
                    file.Name,
                    file.Checksum,
                    Now = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                }
            );
        }
    }

    private static async Task<Dictionary<long, string>> Applied(DbConnection connection) =>
        (
            await connection.QueryAsync<(long Number, string Checksum)>(
                "SELECT number, checksum FROM schema_migrations"
            )
        ).ToDictionary(row => row.Number, row => row.Checksum);

    private static List<MigrationFile> Missing(Dictionary<long, string> applied)
    {
        var known = Known();
        if (
            applied.Keys.Except(known.Select(file => file.Number)).Order().FirstOrDefault()
            is var newer
                and not 0
        )
            throw new SchemaException(
                $"The store has migration {newer:0000}, which this program does not know: it was written by a newer version. Start that version, or restore a backup made before the upgrade."
            );
        foreach (var file in known)
        {
            if (applied.TryGetValue(file.Number, out var checksum) && checksum != file.Checksum)
                throw new SchemaException(
                    $"Migration {file.Name} has changed since it was applied to this store. Use an unmodified release."
                );
        }
        return [.. known.Where(file => !applied.ContainsKey(file.Number))];
    }

    private sealed record MigrationFile(long Number, string Name, string Checksum, string Sql);

    private static List<MigrationFile> Known()
    {
        var assembly = typeof(Migrations).Assembly;
        var files = new List<MigrationFile>();
        foreach (
            var resource in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var reader = new StreamReader(
                assembly.GetManifestResourceStream(resource)!,
                Encoding.UTF8
            );
            var sql = reader.ReadToEnd();
            var name = resource[Prefix.Length..^".sql".Length];
            files.Add(
                new MigrationFile(
                    long.Parse(name.AsSpan(0, 4)),
                    name,
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))),
                    sql
                )
            );
        }
        return files;
    }

    // A statement ends with a semicolon at the end of a line; comment lines start with two dashes. {sqlite} or {postgres} in
    // front of one: for that dialect only.
    private static IEnumerable<string> Statements(string sql, Dialect dialect)
    {
        var text = string.Join(
                '\n',
                sql.Split('\n')
                    .Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal))
            )
            .Replace("{bytes}", dialect == Dialect.Sqlite ? "BLOB" : "BYTEA");
        // Texts compare by their bytes, as SQLite's do: whatever the database's locale is, lists have one order, and an
        // index on ids does not ask a language how to sort them.
        if (dialect == Dialect.Postgres)
            text = text.Replace(" TEXT", " TEXT COLLATE \"C\"");
        var (mine, other) =
            dialect == Dialect.Sqlite ? ("{sqlite}", "{postgres}") : ("{postgres}", "{sqlite}");
        return text.Split(";\n")
            .Select(part => part.Trim().TrimEnd(';'))
            .Where(part => part.Length > 0 && !part.StartsWith(other, StringComparison.Ordinal))
            .Select(part =>
                part.StartsWith(mine, StringComparison.Ordinal) ? part[mine.Length..].Trim() : part
            );
    }
}

/// <summary>The store's schema and this program do not fit; the message is for the operator.</summary>
internal sealed class SchemaException(string message) : Exception(message);
