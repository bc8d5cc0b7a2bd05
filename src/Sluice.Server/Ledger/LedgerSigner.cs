using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Ledger;

/// <summary>Signs how long a chain is. Its key comes from the room that keeps ciphertexts, before the server listens.</summary>
internal sealed class LedgerSigner(TimeProvider clock) : IDisposable
{
    private SigningKey? _key;

    /// <exception cref="InvalidOperationException">Asked before <see cref="Use"/>.</exception>
    public SigningKey Key =>
        _key ?? throw new InvalidOperationException("The signing key is not open yet.");

    public void Use(SigningKey key) => _key = key;

    /// <summary>The newest checkpoint of a chain, signed now unless it was signed at its present length; null when the chain is empty.</summary>
    public async Task<Checkpoint?> Sign(Session session, string chain)
    {
        if (await LedgerStore.ReadHead(session, chain) is not { } head)
            return null;
        if (await CheckpointStore.At(session, chain, head.Seq) is { } signed)
            return signed;
        if (chain != Audit.House && !await TenantTables.Hold(session, chain))
            return null;
        var checkpoint = Checkpoint.Sign(
            Key,
            chain,
            head.Seq,
            Convert.ToHexStringLower(head.Hash),
            clock.GetUtcNow()
        );
        await CheckpointStore.Insert(session, checkpoint);
        return checkpoint;
    }

    public void Dispose() => _key?.Dispose();
}
