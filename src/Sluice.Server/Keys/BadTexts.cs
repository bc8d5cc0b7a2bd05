using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Addresses that present texts which have the shape of a key and are none: after so many in a minute the database is
/// not asked for them any more. A key that was good here lately still passes, so that a thief behind the same address as
/// a customer does not shut the customer out.
/// </summary>
internal sealed class BadTexts(TokenBuckets buckets, int perMinute)
{
    private const int MostTrusted = 100_000;

    private readonly ConcurrentDictionary<ulong, byte> _trusted = new();

    /// <summary>The limit that bars this text from being looked up; null when it may be.</summary>
    public LimitShown? Bar(byte[] hash, IPAddress? address)
    {
        if (_trusted.ContainsKey(Short(hash)))
            return null;
        var state = buckets.Look(Addresses.Name(address), perMinute / 60.0, perMinute);
        return state.Taken ? null : new LimitShown("address", perMinute, 60, 0, state.RetryAfter);
    }

    /// <summary>This address presented a text that is no key.</summary>
    public void Note(IPAddress? address) =>
        buckets.Take(Addresses.Name(address), perMinute / 60.0, perMinute);

    /// <summary>This text was a good key just now.</summary>
    public void Trust(byte[] hash)
    {
        if (_trusted.TryAdd(Short(hash), 0) && _trusted.Count > MostTrusted)
            _trusted.Clear();
    }

    // Nobody can make another text with the same start of its SHA-256 in less than 2^64 tries; a hit costs a look-up only.
    private static ulong Short(byte[] hash) => BinaryPrimitives.ReadUInt64LittleEndian(hash);
}
