using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

/// <summary>
/// How the caller's chain stands: how long it is, up to where it is signed, and whether its newest entries follow from each other, the
/// newest checkpoint included. It is a look, not a proof: that is a copy, verified elsewhere.
/// </summary>
internal static class ShowChain
{
    /// <summary>The newest entries are checked, this many at most.</summary>
    private const int MostChecked = 200;

    /// <summary>There is no entry yet.</summary>
    public const string Empty = "empty";

    /// <summary>What was checked fits.</summary>
    public const string Whole = "whole";

    /// <summary>An entry was changed or is missing.</summary>
    public const string Broken = "broken";

    internal sealed record Response
    {
        /// <summary><c>whole</c>, <c>broken</c>, or <c>empty</c> while there is no entry.</summary>
        public required string Status { get; init; }

        /// <summary>How many entries there are, counting removed ones: the number of the last.</summary>
        public required long Seq { get; init; }

        /// <summary>Number of the oldest entry that is kept.</summary>
        public required long First { get; init; }

        /// <summary>Hash of the last, 64 hexadecimal digits; zeros while there is none.</summary>
        public required string Hash { get; init; }

        /// <summary>How many of the newest entries were looked at.</summary>
        public required int Checked { get; init; }

        /// <summary>Number of the first of them that was changed or is missing; absent when none is.</summary>
        public long? BrokenAt { get; init; }

        /// <summary>Up to which entry it is signed; absent while it is not.</summary>
        public long? SignedSeq { get; init; }

        /// <summary>When that was.</summary>
        public string? SignedAt { get; init; }

        /// <summary>Name of the key that signed.</summary>
        public string? Kid { get; init; }
    }

    public static async Task<IResult> Handle(
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var chain = LedgerRoutes.ChainOf(caller);
        return TypedResults.Json(
            await database.Read(session => Look(session, chain), stop),
            LedgerJson.Default.ShowChainResponse
        );
    }

    private static async Task<Response> Look(Session session, string chain)
    {
        if (await LedgerStore.ReadHead(session, chain) is not { } head)
            return new Response
            {
                Status = Empty,
                Seq = 0,
                First = 1,
                Hash = LedgerVerifier.Beginning,
                Checked = 0,
            };
        // The entries before the anchor: what is removed in between was read then.
        var newest = await LedgerStore.Range(
            session,
            chain,
            Math.Max(0, head.Seq - MostChecked),
            head.Seq,
            MostChecked
        );
        var anchor = await CheckpointStore.Newest(session, chain, anchor: true);
        var signed = await CheckpointStore.Newest(session, chain, anchor: false);
        var first = (anchor?.Seq ?? 0) + 1;
        var from = Math.Max(first, head.Seq - MostChecked + 1);
        List<LedgerEntry> looked = [.. newest.Where(entry => entry.Seq >= from)];
        var before =
            from == 1 ? Convert.FromHexString(LedgerVerifier.Beginning)
            : from == anchor?.Seq + 1 ? Convert.FromHexString(anchor!.Hash)
            : looked is [var oldest, ..] ? oldest.Prev
            : [];
        var broken = FirstBroken(looked, from - 1, before, head, signed);
        return new Response
        {
            Status = broken is null ? Whole : Broken,
            Seq = head.Seq,
            First = first,
            Hash = Convert.ToHexStringLower(head.Hash),
            Checked = looked.Count,
            BrokenAt = broken,
            SignedSeq = signed?.Seq,
            SignedAt = signed?.At,
            Kid = signed?.KeyId,
        };
    }

    private static long? FirstBroken(
        List<LedgerEntry> entries,
        long seq,
        byte[] hash,
        Head head,
        Checkpoint? signed
    )
    {
        foreach (var entry in entries)
        {
            var placed = entry.After(seq, hash);
            if (
                entry.Seq != placed.Seq
                || !entry.Prev.AsSpan().SequenceEqual(placed.Prev)
                || !entry.Hash.AsSpan().SequenceEqual(placed.Hash)
                || (signed?.Seq == entry.Seq && signed.Hash != Convert.ToHexStringLower(entry.Hash))
            )
                return placed.Seq;
            (seq, hash) = (entry.Seq, entry.Hash);
        }
        return seq != head.Seq || !hash.AsSpan().SequenceEqual(head.Hash) || signed?.Seq > seq
            ? seq + 1
            : null;
    }
}
