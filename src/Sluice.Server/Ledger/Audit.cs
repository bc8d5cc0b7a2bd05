using System.Data.Common;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

/// <summary>
/// The one call by which every room records what it does, inside the transaction that does it: when the ledger cannot be written, nothing
/// is done. It is the last statement of the transaction, so that whoever adds to a chain waits for nobody else.
/// </summary>
internal static class Audit
{
    /// <summary>The chain of the installation itself: what the operator does, and what happens where no tenant is known.</summary>
    public const string House = "house";

    /// <summary>Adds a fact to the tenant's ledger; what the operator does to a tenant goes to the installation's, too.</summary>
    /// <exception cref="StoreUnavailableException">The ledger cannot be written; the transaction must not be kept.</exception>
    public static Task Record(Session session, Origin origin, Fact fact) =>
        Record(session, origin, [fact]);

    /// <summary>Adds the facts of one act, in their order, all to one tenant's ledger.</summary>
    /// <exception cref="StoreUnavailableException">The ledger cannot be written; the transaction must not be kept.</exception>
    public static async Task Record(Session session, Origin origin, IReadOnlyList<Fact> facts)
    {
        var chain = facts[0].TenantId ?? origin.TenantId;
        if (chain.Length == 0)
            chain = House;
        await Append(session, [.. facts.Select(fact => LedgerEntry.Of(origin, fact, chain))]);
        if (origin.Door == Door.Admin && chain != House)
        {
            foreach (var fact in facts)
                fact["tenant"] = chain;
            await Append(session, [.. facts.Select(fact => LedgerEntry.Of(origin, fact, House))]);
        }
    }

    /// <summary>Adds entries of one chain, in their order, and none or all.</summary>
    /// <exception cref="StoreUnavailableException">The ledger cannot be written.</exception>
    public static async Task Append(Session session, IReadOnlyList<LedgerEntry> entries)
    {
        try
        {
            var chain = entries[0].TenantId;
            var (seq, hash) = await LedgerStore.TakeHead(session, chain);
            var placed = new List<LedgerEntry>(entries.Count);
            foreach (var entry in entries)
            {
                if (entry.TenantId != chain)
                    throw new InvalidOperationException("Entries of one write are of one chain.");
                placed.Add(entry.After(seq, hash));
                (seq, hash) = (placed[^1].Seq, placed[^1].Hash);
            }
            await LedgerStore.Insert(session, placed);
        }
        catch (DbException error)
        {
            // Whatever the database has against it: what is not on record has not happened.
            throw new StoreUnavailableException(error);
        }
    }
}
