using System.Text;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Workers;

/// <summary>The lines of one call, up to a number of bytes; what comes after is counted and noted once.</summary>
internal sealed class CallLog(int maxBytes, TimeProvider clock)
{
    private const int EntryOverhead = 64;
    private List<NodeLog>? _entries;
    private int _bytes;
    private long _dropped;

    public bool Full => _dropped > 0;

    public void Add(LogLine line)
    {
        var text =
            line.Text.Length > FrameHead.MaxLine ? line.Text[..FrameHead.MaxLine] : line.Text;
        var size = text.Length + EntryOverhead;
        foreach (var (key, value) in line.Fields)
            size += key.Length + value.Length;
        if (Full || _bytes + size > maxBytes)
        {
            _dropped += size;
            return;
        }
        _bytes += size;
        (_entries ??= []).Add(new NodeLog(line.Level, text, line.Fields, clock.GetUtcNow()));
    }

    public void Add(ReadOnlySpan<byte> printedLine)
    {
        if (Full)
            _dropped += printedLine.Length;
        else
            Add(new LogLine("info", Encoding.UTF8.GetString(printedLine), NodeLog.NoFields));
    }

    public bool Any(Func<string, bool> isWanted) =>
        _entries?.Exists(line => isWanted(line.Text)) ?? false;

    public void Drop(int bytes) => _dropped += bytes;

    public IReadOnlyList<NodeLog> Close()
    {
        if (_entries is null)
            return [];
        if (Full)
        {
            var note =
                $"More was logged than {maxBytes} bytes; about {_dropped} bytes were dropped.";
            _entries.Add(new NodeLog("warn", note, NodeLog.NoFields, clock.GetUtcNow()));
        }
        return _entries;
    }
}
