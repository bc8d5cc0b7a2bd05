namespace Sluice.Seal;

/// <summary>The master key that wraps from now on, and former ones that may still be needed to unwrap while a rotation is under way.</summary>
public sealed class MasterKeyRing : IDisposable
{
    private readonly Dictionary<KeyId, MasterKey> keys = [];

    /// <summary>A ring that owns the keys: disposing it disposes them.</summary>
    /// <param name="current">Wraps everything new.</param>
    /// <param name="former">Only unwrap. Naming the current one again, or one twice, is harmless.</param>
    public MasterKeyRing(MasterKey current, params IEnumerable<MasterKey> former)
    {
        Current = current;
        keys.Add(current.Id, current);
        foreach (var key in former)
        {
            if (!keys.TryAdd(key.Id, key) && !ReferenceEquals(key, current))
            {
                key.Dispose();
            }
        }
    }

    /// <summary>The key that wraps everything new.</summary>
    public MasterKey Current { get; }

    /// <summary>The names of all keys of the ring.</summary>
    public IEnumerable<KeyId> Ids => keys.Keys;

    /// <summary>Whether a data key is wrapped by a key of this ring.</summary>
    public bool Knows(ReadOnlySpan<byte> wrapped) =>
        Envelope.TryReadKeyId(wrapped, out var id) && keys.ContainsKey(id);

    /// <summary>Whether a data key is wrapped by the current key, so that rotation can leave it.</summary>
    public bool IsCurrent(ReadOnlySpan<byte> wrapped) =>
        Envelope.TryReadKeyId(wrapped, out var id) && id == Current.Id;

    /// <summary>Unwraps a data key with whichever key of the ring it names.</summary>
    /// <exception cref="SealBrokenException">None of the ring's keys wrapped it, or it is not what was wrapped.</exception>
    public DataKey Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData)
    {
        if (!Envelope.TryReadKeyId(wrapped, out var id))
        {
            throw new SealBrokenException(SealBreak.Format);
        }

        return keys.TryGetValue(id, out var key)
            ? key.Unwrap(wrapped, associatedData)
            : throw new SealBrokenException(SealBreak.Key);
    }

    /// <summary>Zeroes all keys.</summary>
    public void Dispose()
    {
        foreach (var key in keys.Values)
        {
            key.Dispose();
        }
    }
}
