using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// The form in which the journal keeps what passes through it: inputs, outputs, errors, log lines. The first byte says
/// which: as it is, sealed with the tenant's data key, or (large ones) the name of a row of <c>run_payloads</c> that
/// holds either. What was kept in one form is read in any, so that the setting can change at any time.
/// </summary>
internal sealed class RunPayloads
{
    /// <summary>Larger ones are kept out of the tables that are searched.</summary>
    public const int LargestInRow = 256 << 10;

    /// <summary>As it is. Sealed ones begin with the 1 of <see cref="Envelope"/>.</summary>
    public const byte Plain = 0;

    public const byte Aside = 2;

    private const byte Sealed = 1;

    /// <summary>How long a key seals on after another server has rotated it; it is kept for longer, see <see cref="AreSealedWith"/>.</summary>
    private static readonly TimeSpan KeyFor = TimeSpan.FromMinutes(1);

    /// <summary>Tenants whose keys are at hand.</summary>
    private const int MostTenants = 10_000;

    private readonly Database _database;
    private readonly SecretVault _vault;
    private readonly MasterKeys _masters;
    private readonly TimeProvider _clock;
    private readonly bool _seals;

    private readonly ConcurrentDictionary<string, (PayloadSealer Sealer, long At)> _sealers = new();
    private readonly ConcurrentDictionary<(string Tenant, string Id), DataKey> _keys = new();

    public RunPayloads(
        Database database,
        SecretVault vault,
        MasterKeys masters,
        IOptions<RunOptions> options,
        TimeProvider clock
    )
    {
        (_database, _vault, _masters, _clock) = (database, vault, masters, clock);
        _seals = options.Value.EncryptPayloads ?? database.Dialect == Dialect.Postgres;
        database.Payloads = Open;
    }

    /// <summary>What brings payloads of a tenant into the form in which they are kept.</summary>
    public async ValueTask<PayloadSealer> Sealer(string tenantId, CancellationToken stop)
    {
        if (!_seals)
            return PayloadSealer.Plain;
        if (
            _sealers.TryGetValue(tenantId, out var known)
            && Stopwatch.GetElapsedTime(known.At) < KeyFor
        )
            return known.Sealer;
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var at = Stopwatch.GetTimestamp();
        var key =
            await _database.Read(
                async session =>
                    await DataKeyStore.Current(session, tenantId) is { } kept
                        ? _masters.Unwrap(kept.Wrapped, tenantId)
                        : null,
                stop
            ) ?? await _database.Write(session => _vault.CurrentKey(session, tenantId, now), stop);
        var sealer = new PayloadSealer(tenantId, Remember(tenantId, key));
        if (_sealers.Count >= MostTenants)
            _sealers.Clear();
        _sealers[tenantId] = (sealer, at);
        return sealer;
    }

    /// <summary>
    /// Whether a retired data key may have sealed payloads that are still there: it has, when a run or a turn is from its
    /// time. Said of every key for as long as servers may seal with it.
    /// </summary>
    public async Task<bool> AreSealedWith(string tenantId, long retiredAt, CancellationToken stop)
    {
        var last = DateTimeOffset.FromUnixTimeMilliseconds(retiredAt) + (10 * KeyFor);
        return _clock.GetUtcNow() < last
            || await _database.Read(
                async session =>
                    await RunStore.AnyBefore(session, tenantId, last.ToUnixTimeMilliseconds())
                    || await MemoryStore.AnyBefore(
                        session,
                        tenantId,
                        last.ToUnixTimeMilliseconds()
                    ),
                stop
            );
    }

    private async ValueTask<byte[]?> Open(
        Session session,
        string tenantId,
        string runId,
        string place,
        byte[]? kept
    )
    {
        if (kept is null or [])
            return kept;
        if (kept[0] == Aside)
            kept =
                await PayloadStore.Find(session, tenantId, runId, PayloadStore.Id(kept))
                ?? throw new SealBrokenException(SealBreak.Format);
        if (kept[0] == Plain)
            return kept[1..];
        if (kept[0] != Sealed || !Envelope.TryReadKeyId(kept, out var id))
            throw new SealBrokenException(SealBreak.Format);
        var key = await Key(session, tenantId, id.ToString());
        var payload = new byte[Envelope.PlaintextLength(kept)];
        key.Open(kept, PayloadSealer.AssociatedData(tenantId, runId, place), payload);
        return payload;
    }

    private async ValueTask<DataKey> Key(Session session, string tenantId, string id)
    {
        if (_keys.TryGetValue((tenantId, id), out var known))
            return known;
        var wrapped =
            await DataKeyStore.Find(session, tenantId, id)
            ?? throw new SealBrokenException(SealBreak.Key);
        return Remember(tenantId, _masters.Unwrap(wrapped.Wrapped, tenantId));
    }

    private DataKey Remember(string tenantId, DataKey key)
    {
        // Whoever still works with one of those that go keeps it.
        if (_keys.Count >= MostTenants)
            _keys.Clear();
        return _keys.GetOrAdd((tenantId, key.Id.ToString()), key);
    }
}
