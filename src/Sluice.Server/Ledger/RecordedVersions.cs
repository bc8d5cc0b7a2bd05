using System.Globalization;
using Sluice.Server.Store;

namespace Sluice.Server.Ledger;

/// <summary>
/// What the ledger says of secrets' versions. Each entry about one has the version as its last detail; the details before it say whose value
/// it is, and an index finds the entries of one place by them.
/// </summary>
internal static class RecordedVersions
{
    /// <summary>The kind of thing that has versions on record; the index holds no other.</summary>
    public const string Kind = "secret";

    /// <summary>The detail that holds the version; no other of such an entry may come after it by name.</summary>
    public const string Detail = "version";

    /// <summary>How many entries are read at once when the newest one is later than what is asked for.</summary>
    private const int Page = 100;

    private static readonly HotStatement SelectBefore = new(
        """
        SELECT seq, action, details FROM ledger
        WHERE tenant_id = @tenant AND target_kind = 'secret' AND target = @target AND rtrim(details, '0123456789"}') = @place AND seq < @before
        ORDER BY seq DESC LIMIT @most
        """,
        "target",
        "place",
        "before:number",
        "most:number"
    );

    /// <summary>
    /// The newest entry about the place of a fact, and the newest whose version is not over a number; null where the ledger has none (any
    /// more).
    /// </summary>
    /// <param name="session">Any: what is asked as of a change that is committed does not change.</param>
    /// <param name="chain">Whose ledger.</param>
    /// <param name="like">A fact about the same place, of whatever action and version.</param>
    /// <param name="at">The number.</param>
    public static async Task<(Recorded? Newest, Recorded? AsOf)> Find(
        Session session,
        string chain,
        Fact like,
        long at
    )
    {
        var place = WithoutVersion(LedgerEntry.WriteDetails(like)!);
        Recorded? newest = null;
        // Nearly always the newest answers; a run that began long ago goes back through what was saved since.
        for (var (before, most) = (long.MaxValue, 1); ; most = Page)
        {
            var entries = await SelectBefore.Query(
                session,
                chain,
                row => new Recorded(
                    row.GetInt64(0),
                    row.GetString(1),
                    Version(row.GetString(2), place)
                ),
                like.Target,
                place,
                before,
                (long)most
            );
            foreach (var entry in entries)
            {
                newest ??= entry;
                if (entry.Version <= at)
                    return (newest, entry);
            }
            if (entries.Count < most)
                return (newest, null);
            before = entries[^1].Seq;
        }
    }

    /// <summary>As the index has it.</summary>
    private static string WithoutVersion(string details) => details.TrimEnd([.. "0123456789\"}"]);

    /// <summary>A number that is none is no version that a value has: it agrees with nothing.</summary>
    private static long Version(string details, string place) =>
        long.TryParse(
            details.AsSpan(place.Length).Trim("\"}"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var version
        )
            ? version
            : 0;
}

/// <summary>An entry about a version.</summary>
/// <param name="Seq">Its number in the ledger.</param>
/// <param name="Action">What was done.</param>
/// <param name="Version">The change of the environment that did it.</param>
internal sealed record Recorded(long Seq, string Action, long Version);
