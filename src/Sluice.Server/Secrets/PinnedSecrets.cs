using System.Runtime.InteropServices;
using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>
/// The secrets of a tenant as they stood at one moment: every name with the version it had then. It is one number, because versions count
/// the changes of an environment; a run stores it and reads through it until it ends.
/// </summary>
/// <param name="TenantId">ULID of the tenant.</param>
/// <param name="Environment"><c>live</c> or <c>test</c>.</param>
/// <param name="Holder">Id of the config whose overrides stand first; empty for none.</param>
/// <param name="At">The latest change that is seen; 0 before the first.</param>
internal sealed record SecretPin(string TenantId, string Environment, string Holder, long At);

/// <summary>What a name leads to within a pin.</summary>
internal enum SecretStatus
{
    /// <summary>The value was written.</summary>
    Available,

    /// <summary>The pin has no such name.</summary>
    Unset,

    /// <summary>The destination is shorter than the value.</summary>
    TooShort,
}

/// <summary>The result of a read.</summary>
/// <param name="Status">Whether there is a value.</param>
/// <param name="Length">Bytes of UTF-8 that were written; where the destination was too short, how many are needed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SecretReading(SecretStatus Status, int Length);

/// <summary>How a run sees secrets: pinned when it starts, opened one at a time when node code asks.</summary>
internal sealed partial class PinnedSecrets(
    Database database,
    SecretVault vault,
    ILogger<PinnedSecrets> log
)
{
    /// <summary>
    /// Pins all names as they are now. A replay pins anew. While the run is unfinished it must be among those that <see cref="OldestPin"/>
    /// speaks of.
    /// </summary>
    public Task<SecretPin> Pin(
        string tenantId,
        string environment,
        string? configId,
        CancellationToken stop
    ) => database.Read(session => Pin(session, tenantId, environment, configId), stop);

    /// <summary>Pins within a transaction, such as the one that stores the run.</summary>
    public static async Task<SecretPin> Pin(
        Session session,
        string tenantId,
        string environment,
        string? configId
    ) =>
        new(
            tenantId,
            environment,
            configId ?? SecretPlace.Tenant,
            await SecretStore.LastVersion(session, tenantId, environment)
        );

    /// <summary>
    /// Opens the value that a name has within the pin. Whether it is the tenant's or a config's override cannot be told from the answer.
    /// A name that is none, or that no secret has, is unset and never an error.
    /// </summary>
    /// <param name="pin">From <see cref="Pin(string, string, string?, CancellationToken)"/>.</param>
    /// <param name="name">What node code asked for.</param>
    /// <param name="destination">Pinned memory that the caller zeroes; <see cref="SecretBody.MostBytes"/> are always enough.</param>
    /// <param name="stop">Ends the wait for the database.</param>
    /// <exception cref="SealBrokenException">
    /// The value was tampered with, or its keys are gone; or it, or its absence, is not what the ledger says.
    /// </exception>
    public async Task<SecretReading> Read(
        SecretPin pin,
        string name,
        Memory<byte> destination,
        CancellationToken stop
    )
    {
        if (!SecretPlace.NameShape().IsMatch(name))
            return new SecretReading(SecretStatus.Unset, 0);
        try
        {
            var found = await database.Read(
                session =>
                    SecretWitness.Find(
                        session,
                        pin.TenantId,
                        pin.Environment,
                        pin.Holder,
                        name,
                        pin.At
                    ),
                stop
            );
            if (found is null)
                return new SecretReading(SecretStatus.Unset, 0);
            var length = Envelope.PlaintextLength(found.Sealed);
            if (length > destination.Length)
                return new SecretReading(SecretStatus.TooShort, length);
            var place = new SecretPlace(pin.TenantId, pin.Environment, found.Holder, name);
            return new SecretReading(
                SecretStatus.Available,
                vault.Open(found, place, destination.Span)
            );
        }
        catch (SealBrokenException broken)
        {
            LogBroken(log, name, pin.TenantId, pin.Environment, pin.Holder, broken.Reason);
            throw;
        }
    }

    [LoggerMessage(
        1698,
        LogLevel.Critical,
        "Secret {Name} of tenant {TenantId} ({Environment}), read with the config '{ConfigId}', is not opened ({Reason}); saving it anew puts it right, and sluice audit verify says whether the ledger is whole"
    )]
    private static partial void LogBroken(
        ILogger log,
        string name,
        string tenantId,
        string environment,
        string configId,
        SealBreak reason
    );
}

/// <summary>
/// Asked of the room that runs flows: whether a data key of a tenant that was retired then may have sealed what is kept
/// of runs, and has to stay.
/// </summary>
internal delegate Task<bool> SealsPayloads(string tenantId, long retiredAt, CancellationToken stop);

/// <summary>
/// Asked of the room that runs flows: the smallest <see cref="SecretPin.At"/> among the unfinished runs of a tenant and environment; null
/// when there are none. Values that ended at or before it are seen by no run.
/// </summary>
internal delegate Task<long?> OldestPin(
    string tenantId,
    string environment,
    CancellationToken stop
);
