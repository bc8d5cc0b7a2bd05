using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Secrets;

/// <summary>
/// Seals, ends and opens values, for the acts of this room and for the configs that override. The methods that take a session are parts of
/// the caller's transaction, in which the ledger must be told the version: what it was not told does not count as put back later.
/// </summary>
internal sealed class SecretVault(
    MasterKeys masters,
    TimeProvider clock,
    IOptions<SecretOptions> options
)
{
    /// <summary>Seals a value and makes it the current one; the run that starts next sees it.</summary>
    /// <returns>The entry as it is now, and whether it is new; or why not.</returns>
    public async Task<Outcome<SavedSecret>> Save(
        Session session,
        SecretPlace place,
        PinnedSecret value,
        bool replace
    )
    {
        var version = await SecretStore.NextVersion(session, place.TenantId, place.Environment);
        var found = await SecretStore.Find(session, place);
        if (found is not null && !replace)
            return SecretRefusals.Exists;
        if (found is null && await SecretStore.Count(session, place) >= options.Value.MostNames)
            return SecretRefusals.TooMany;

        var now = Now();
        using var key = await CurrentKey(session, place.TenantId, now);
        var sealedValue = key.Seal(value.Span, place.AssociatedData(version));
        await SecretStore.End(session, place, version, now);
        var createdAt = found?.CreatedAt ?? now;
        await SecretStore.Insert(
            session,
            place,
            version,
            key.Id.ToString(),
            sealedValue,
            createdAt,
            now
        );
        var entry = new SecretEntry
        {
            Name = place.Name,
            CreatedAt = createdAt,
            SavedAt = now,
        };
        return new SavedSecret(entry, version, found is null);
    }

    /// <summary>Ends the current value: the run that starts next does not see it.</summary>
    /// <returns>The change that ended it, for the ledger; null when there is no value.</returns>
    public async Task<long?> End(Session session, SecretPlace place)
    {
        var version = await SecretStore.NextVersion(session, place.TenantId, place.Environment);
        return await SecretStore.End(session, place, version, Now()) == 1 ? version : null;
    }

    /// <summary>Ends all values of a holder that goes away.</summary>
    /// <returns>A fact for each, for the ledger.</returns>
    public async Task<IReadOnlyList<Fact>> EndAll(
        Session session,
        string tenantId,
        string environment,
        string holder
    )
    {
        var version = await SecretStore.NextVersion(session, tenantId, environment);
        var names = await SecretStore.EndAll(
            session,
            tenantId,
            environment,
            holder,
            version,
            Now()
        );
        return
        [
            .. names
                .Order(StringComparer.Ordinal)
                .Select(name =>
                    SecretFacts.Deleted(
                        new SecretPlace(tenantId, environment, holder, name),
                        version
                    )
                ),
        ];
    }

    /// <summary>Opens a value into memory that the caller zeroes.</summary>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="SealBrokenException">The row was tampered with, or its keys are gone.</exception>
    public int Open(SealedSecret found, SecretPlace place, Span<byte> destination)
    {
        using var key = masters.Unwrap(found.Wrapped, place.TenantId);
        return key.Open(found.Sealed, place.AssociatedData(found.Version), destination);
    }

    /// <summary>The tenant's present data key, made at the first need.</summary>
    /// <exception cref="TenantGoneException">The tenant was removed, and its keys with it.</exception>
    public async Task<DataKey> CurrentKey(Session session, string tenantId, long now)
    {
        var kept = await DataKeyStore.Current(session, tenantId);
        if (kept is null)
        {
            await TenantTables.MustHold(session, tenantId);
            await AddKey(session, tenantId, now);
            kept = await DataKeyStore.Current(session, tenantId);
        }
        return masters.Unwrap(kept!.Wrapped, tenantId);
    }

    /// <summary>Makes a data key, unless another server has just done so.</summary>
    public async Task AddKey(Session session, string tenantId, long now)
    {
        using var key = DataKey.Generate();
        var master = masters.Ring.Current;
        var wrapped = new WrappedKey
        {
            TenantId = tenantId,
            Id = key.Id.ToString(),
            MasterKeyId = master.Id.ToString(),
            Wrapped = master.Wrap(key, WrappedKey.AssociatedData(tenantId)),
        };
        await DataKeyStore.Insert(session, wrapped, now);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What saving did.</summary>
/// <param name="Entry">The secret as lists show it.</param>
/// <param name="Version">The change that made the value, for the ledger.</param>
/// <param name="IsNew">Whether the name had no value before.</param>
internal sealed record SavedSecret(SecretEntry Entry, long Version, bool IsNew);
