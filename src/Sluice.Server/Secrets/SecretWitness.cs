using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>
/// Asks the ledger whether a row is the value in force before it is opened. A former row that is put back is whole and in its place, so its
/// seal says nothing against it; the ledger, whose past nobody changes unseen, knows which version was saved last. Where it says nothing
/// (any more) the row is believed: entries go when their time is over, and the values that they tell of stay.
/// </summary>
internal static class SecretWitness
{
    /// <summary>The value that a name had as of a change: the holder's own, else the tenant's. Null when it had none.</summary>
    /// <exception cref="SealBrokenException">The ledger says otherwise.</exception>
    public static async Task<SealedSecret?> Find(
        Session session,
        string tenantId,
        string environment,
        string holder,
        string name,
        long at
    )
    {
        var rows = await SecretStore.AsOf(session, tenantId, environment, holder, name, at);
        var place = new SecretPlace(tenantId, environment, holder, name);
        var own = await Confirm(session, place, at, rows);
        return own is not null || holder == SecretPlace.Tenant
            ? own
            : await Confirm(session, place with { Holder = SecretPlace.Tenant }, at, rows);
    }

    /// <summary>The value of one place as of a change; null when it had none.</summary>
    /// <exception cref="SealBrokenException">The ledger says otherwise.</exception>
    public static async Task<SealedSecret?> Find(Session session, SecretPlace place, long at)
    {
        var rows = await SecretStore.AsOf(
            session,
            place.TenantId,
            place.Environment,
            place.Holder,
            place.Name,
            at
        );
        return await Confirm(session, place, at, rows);
    }

    private static async Task<SealedSecret?> Confirm(
        Session session,
        SecretPlace place,
        long at,
        List<SealedSecret> rows
    )
    {
        var here = rows.FindAll(row => row.Holder == place.Holder);
        var (newest, said) = await RecordedVersions.Find(
            session,
            place.TenantId,
            SecretFacts.Like(place),
            at
        );
        // A name has one value at a time.
        if (here.Count > 1)
            throw new SealBrokenException(SealBreak.RolledBack);
        var found = here.Count == 0 ? null : here[0];
        if (
            said is not null
            && (SecretFacts.Ends(said) ? null : (long?)said.Version) != found?.Version
        )
            throw new SealBrokenException(SealBreak.RolledBack);
        // The ledger cannot tell of more changes than there were: then the count was set back, so that new runs pin what is long over.
        if (
            newest?.Version > at
            && newest.Version
                > await SecretStore.LastVersion(session, place.TenantId, place.Environment)
        )
            throw new SealBrokenException(SealBreak.RolledBack);
        return found;
    }
}
