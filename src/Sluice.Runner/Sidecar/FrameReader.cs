namespace Sluice.Runner.Sidecar;

/// <summary>
/// Cuts the bytes of one worker into frames. Memory grows with what has arrived, never with what a head announces.
/// </summary>
internal sealed class FrameReader
{
    private const int FirstPiece = 64 << 10;
    private readonly byte[] _head = new byte[FrameHead.Size];
    private int _headFilled;
    private FrameHead _current;
    private byte[]? _payload;
    private int _payloadFilled;

    /// <summary>Receives a whole frame; answers false when no more may be read.</summary>
    public delegate bool Receiver(FrameHead head, ReadOnlySpan<byte> payload);

    /// <summary>Takes bytes in and hands whole frames on.</summary>
    /// <returns>Null, or what is wrong with the bytes as a public phrase.</returns>
    public string? Feed(ReadOnlySpan<byte> bytes, Receiver receive)
    {
        while (!bytes.IsEmpty)
        {
            if (_payload is not null)
            {
                if (!Fill(ref bytes))
                    return null;
                var whole = _payload.AsSpan(0, _current.Length);
                _payload = null;
                if (!receive(_current, whole))
                    return null;
                continue;
            }

            if (!TakeHead(ref bytes, out var head))
                return null;
            if (FrameHead.ReadFromWorker(head, out _current) is { } wrong)
                return wrong;
            if (bytes.Length >= _current.Length)
            {
                var payload = bytes[.._current.Length];
                bytes = bytes[_current.Length..];
                if (!receive(_current, payload))
                    return null;
            }
            else
            {
                _payload = new byte[Math.Min(_current.Length, FirstPiece)];
                _payloadFilled = 0;
            }
        }
        return null;
    }

    private bool TakeHead(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> head)
    {
        if (_headFilled == 0 && bytes.Length >= FrameHead.Size)
        {
            head = bytes[..FrameHead.Size];
            bytes = bytes[FrameHead.Size..];
            return true;
        }
        var take = Math.Min(FrameHead.Size - _headFilled, bytes.Length);
        bytes[..take].CopyTo(_head.AsSpan(_headFilled));
        bytes = bytes[take..];
        _headFilled += take;
        head = _head;
        if (_headFilled < FrameHead.Size)
            return false;
        _headFilled = 0;
        return true;
    }

    private bool Fill(ref ReadOnlySpan<byte> bytes)
    {
        var take = Math.Min(_current.Length - _payloadFilled, bytes.Length);
        if (_payloadFilled + take > _payload!.Length)
        {
            var size = Math.Min(
                _current.Length,
                Math.Max(_payload.Length * 2L, _payloadFilled + take)
            );
            Array.Resize(ref _payload, (int)size);
        }
        bytes[..take].CopyTo(_payload.AsSpan(_payloadFilled));
        bytes = bytes[take..];
        _payloadFilled += take;
        return _payloadFilled == _current.Length;
    }
}
