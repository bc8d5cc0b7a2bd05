using System.Diagnostics;
using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// Memory for plaintext: the garbage collector never moves it, so it has one copy, and that is zeroed on dispose.
/// It prints as a mask and has no way to become a string.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class PinnedSecret : IDisposable
{
    private readonly byte[] bytes;
    private bool disposed;

    /// <summary>Pinned memory of so many bytes, all zero.</summary>
    /// <param name="length">0 or more.</param>
    public PinnedSecret(int length)
    {
        bytes = GC.AllocateArray<byte>(length, pinned: true);
        Length = length;
    }

    /// <summary>Pinned memory with a copy of these bytes; zeroing the original is the caller's part.</summary>
    public PinnedSecret(ReadOnlySpan<byte> copied)
        : this(copied.Length) => copied.CopyTo(bytes);

    /// <summary>How many of the bytes are in use; begins as all of them and can only be made smaller.</summary>
    public int Length
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, bytes.Length);
            bytes.AsSpan(value).Clear();
            field = value;
        }
    }

    /// <summary>The bytes in use.</summary>
    /// <exception cref="ObjectDisposedException">They were zeroed already.</exception>
    public Span<byte> Span => Memory.Span;

    /// <summary>The bytes in use.</summary>
    /// <exception cref="ObjectDisposedException">They were zeroed already.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return bytes.AsMemory(0, Length);
        }
    }

    /// <summary>Zeroes the memory. Doing so twice is harmless.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(bytes);
        disposed = true;
    }

    /// <summary>A mask, whatever is inside.</summary>
    public override string ToString() => "••••";
}
