namespace Sluice.Seal.Tests;

public sealed class PinnedSecretTests
{
    [Fact]
    public void Disposing_zeroes_every_byte_where_it_lay()
    {
        var secret = new PinnedSecret("canary-value"u8);
        var memory = secret.Memory;
        secret.Dispose();
        secret.Dispose();
        Assert.All(memory.ToArray(), left => Assert.Equal(0, left));
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
    }

    [Fact]
    public unsafe void The_collector_does_not_move_the_bytes()
    {
        using var secret = new PinnedSecret("canary-value"u8);
        nint before;
        fixed (byte* at = secret.Span)
        {
            before = (nint)at;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        fixed (byte* at = secret.Span)
        {
            Assert.Equal(before, (nint)at);
        }
    }

    [Fact]
    public void Making_it_smaller_zeroes_what_is_no_longer_in_use()
    {
        using var secret = new PinnedSecret("canary-value"u8);
        var all = secret.Memory;
        secret.Length = 6;
        Assert.Equal("canary"u8.ToArray(), secret.Span.ToArray());
        Assert.All(all.Span[6..].ToArray(), left => Assert.Equal(0, left));
        Assert.Throws<ArgumentOutOfRangeException>(() => secret.Length = 13);
        Assert.Throws<ArgumentOutOfRangeException>(() => secret.Length = -1);
    }
}
