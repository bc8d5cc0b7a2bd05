using System.Text;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Workers;

/// <summary>Cuts what a worker prints into lines of at most 16 KiB; a longer line becomes several.</summary>
internal sealed class OutputLines
{
    private readonly byte[] _partial = new byte[FrameHead.MaxLine];
    private int _filled;

    public void Feed(ReadOnlySpan<byte> bytes, CallLog log)
    {
        while (!bytes.IsEmpty)
        {
            if (log.Full)
            {
                log.Drop(bytes.Length);
                _filled = 0;
                return;
            }
            var end = bytes.IndexOf((byte)'\n');
            var piece = end < 0 ? bytes : bytes[..end];
            if (_filled == 0 && end >= 0 && piece.Length <= _partial.Length)
            {
                log.Add(piece);
                bytes = bytes[(end + 1)..];
                continue;
            }
            var take = Math.Min(piece.Length, _partial.Length - _filled);
            piece[..take].CopyTo(_partial.AsSpan(_filled));
            _filled += take;
            bytes = bytes[take..];
            if (take == piece.Length && end >= 0)
                bytes = bytes[1..];
            else if (_filled < _partial.Length)
                return;
            Flush(log);
        }
    }

    public void Flush(CallLog log)
    {
        if (_filled > 0)
            log.Add(_partial.AsSpan(0, _filled));
        _filled = 0;
    }

    /// <summary>What is held back, for a process that ended before it served anything.</summary>
    public string Tail() => Encoding.UTF8.GetString(_partial, 0, _filled);

    public void Clear() => _filled = 0;
}
