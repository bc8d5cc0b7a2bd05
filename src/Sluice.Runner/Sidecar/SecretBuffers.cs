using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Sluice.Runner.Sidecar;

/// <summary>
/// Buffers for one SecretValue frame each, at a fixed place in memory so that the collector leaves no copies behind.
/// A buffer is zeroed when it comes back, whatever happened in between.
/// </summary>
internal static class SecretBuffers
{
    /// <summary>Where the value starts: after the head and the byte that says found.</summary>
    public const int ValueAt = FrameHead.Size + 1;

    private const int Size = ValueAt + FrameHead.MaxSecret;
    private const int Keep = 16;
    private static readonly ConcurrentBag<byte[]> s_free = [];

    public static byte[] Rent() =>
        s_free.TryTake(out var buffer) ? buffer : GC.AllocateArray<byte>(Size, pinned: true);

    public static void Return(byte[] buffer)
    {
        CryptographicOperations.ZeroMemory(buffer);
        if (s_free.Count < Keep)
            s_free.Add(buffer);
    }
}
