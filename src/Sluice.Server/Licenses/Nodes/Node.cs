using System.Security.Cryptography;
using Sluice.Server.Store;

namespace Sluice.Server.Licenses.Nodes;

/// <summary>A server that lives, with the runner in its process; and whether it may take work.</summary>
internal sealed record Node
{
    public required string Id { get; init; }

    /// <summary><c>server</c>.</summary>
    public required string Kind { get; init; }

    public required string Version { get; init; }

    public required long StartedAt { get; init; }

    /// <summary>Its last heartbeat.</summary>
    public required long SeenAt { get; init; }

    /// <summary>Since when it may take work; null: the license allows no more nodes.</summary>
    public long? SeatedAt { get; init; }
}

/// <summary>SQL on <c>nodes</c>.</summary>
internal static class NodeStore
{
    /// <summary>Milliseconds between heartbeats.</summary>
    public const long BeatMs = 120_000;

    /// <summary>Milliseconds for which a node counts after one, and for which it keeps its seat.</summary>
    public const long CountMs = 300_000;

    private const string Columns = "id, kind, version, started_at, seen_at, seated_at";

    /// <summary>
    /// A heartbeat: the node counts on, and has a seat when fewer than the license allows were there before it. Heartbeats come one after the
    /// other, so that a seat is never given twice.
    /// </summary>
    /// <param name="most">Nodes that the license allows; null: any number.</param>
    /// <returns>Whether it has a seat.</returns>
    public static async Task<bool> Beat(Session session, Node node, long now, int? most)
    {
        if (session.Dialect == Dialect.Postgres)
            await session.House.Execute("LOCK TABLE nodes IN EXCLUSIVE MODE");
        await session.House.Execute(
            "DELETE FROM nodes WHERE seen_at <= @gone AND id <> @id",
            new { gone = now - CountMs, id = node.Id }
        );
        await session.House.Execute(
            """
            INSERT INTO nodes (id, kind, version, started_at, seen_at, seated_at) VALUES (@Id, @Kind, @Version, @StartedAt, @now, @now)
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, started_at = excluded.started_at, seen_at = excluded.seen_at,
                seated_at = CASE WHEN nodes.seen_at <= @gone THEN @now ELSE COALESCE(nodes.seated_at, @now) END
            """,
            new
            {
                node.Id,
                node.Kind,
                node.Version,
                node.StartedAt,
                now,
                gone = now - CountMs,
            }
        );
        var before = await session.House.First<long>(
            """
            SELECT COUNT(*) FROM nodes o, (SELECT n.seated_at FROM nodes n WHERE n.id = @Id) mine
            WHERE o.seated_at < mine.seated_at OR (o.seated_at = mine.seated_at AND o.id < @Id)
            """,
            new { node.Id }
        );
        if (most is null || before < most)
            return true;
        await session.House.Execute(
            "UPDATE nodes SET seated_at = NULL WHERE id = @Id",
            new { node.Id }
        );
        return false;
    }

    /// <summary>A node that stops gives its seat back.</summary>
    public static Task<int> Leave(Session session, string id) =>
        session.House.Execute("DELETE FROM nodes WHERE id = @id", new { id });

    /// <summary>Those that count, oldest first.</summary>
    public static Task<IReadOnlyList<Node>> Living(Session session, long now) =>
        session.House.Query<Node>(
            $"SELECT {Columns} FROM nodes WHERE seen_at > @gone ORDER BY started_at, id",
            new { gone = now - CountMs }
        );
}

/// <summary>
/// The id of this node: kept in the data folder, so that a server which comes back after a crash is the same node and not one more. Held for
/// as long as the process lives; a second one on the same folder has an id for its lifetime alone.
/// </summary>
internal sealed class NodeIdentity : IDisposable
{
    private readonly FileStream? _file;

    public NodeIdentity(string folder)
    {
        Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        try
        {
            Directory.CreateDirectory(folder);
            _file = new FileStream(
                Path.Combine(folder, "node.id"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another server has it.
            return;
        }
        var kept = new byte[Id.Length];
        if (
            _file.ReadAtLeast(kept, kept.Length, throwOnEndOfStream: false) == kept.Length
            && Array.TrueForAll(kept, letter => char.IsAsciiHexDigitLower((char)letter))
        )
        {
            Id = System.Text.Encoding.ASCII.GetString(kept);
            return;
        }
        _file.SetLength(0);
        _file.Write(System.Text.Encoding.ASCII.GetBytes(Id));
        _file.Flush(flushToDisk: true);
    }

    /// <summary>32 hexadecimal digits.</summary>
    public string Id { get; }

    public void Dispose() => _file?.Dispose();
}
