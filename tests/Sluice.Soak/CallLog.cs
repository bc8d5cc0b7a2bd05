using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sluice.Soak;

/// <summary>
/// What nodes did, written by the nodes themselves beside the server and its store: a line when a call begins, before
/// anything else, and one when it ends, before the server hears of it. Each process has a file of its own; a line is in
/// the kernel's hands when <see cref="Write"/> returns, so a kill loses none.
/// </summary>
internal sealed class CallLog(string path) : IDisposable
{
    private readonly FileStream _file = new(
        path,
        FileMode.CreateNew,
        FileAccess.Write,
        FileShare.Read,
        bufferSize: 0
    );
    private readonly Lock _gate = new();

    /// <summary>The machine's monotonic clock: moments of several processes can be compared.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    public void Begin(Call call) =>
        Write(
            $"B\t{call.Stamp}\t{call.Tenant}\t{call.Run}\t{call.Node}\t{call.Text}\t{call.Number}\t{string.Join(',', call.Seen)}",
            call.BeganAt
        );

    public void End(string stamp, string outcome) => Write($"E\t{stamp}\t{outcome}", Now);

    public void Dispose() => _file.Dispose();

    private void Write(string line, long at)
    {
        lock (_gate)
            _file.Write(Encoding.UTF8.GetBytes($"{line}\t{at}\n"));
    }

    /// <summary>All calls of all files in a folder, in the order in which they began.</summary>
    public static IReadOnlyList<Call> Read(string folder)
    {
        var calls = new Dictionary<string, Call>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*.calls"))
        {
            // Another process may be writing the last line.
            foreach (var line in File.ReadAllText(file).Split('\n')[..^1])
            {
                var part = line.Split('\t');
                var at = long.Parse(part[^1], CultureInfo.InvariantCulture);
                if (part[0] == "B")
                    calls.Add(
                        part[1],
                        new Call
                        {
                            Stamp = part[1],
                            Tenant = part[2],
                            Run = part[3],
                            Node = part[4],
                            Text = part[5],
                            Number = long.Parse(part[6], CultureInfo.InvariantCulture),
                            Seen = part[7].Split(',', StringSplitOptions.RemoveEmptyEntries),
                            BeganAt = at,
                            Process = Path.GetFileNameWithoutExtension(file),
                        }
                    );
                else
                    calls[part[1]] = calls[part[1]] with { Outcome = part[2], EndedAt = at };
            }
        }
        return [.. calls.Values.OrderBy(call => call.BeganAt)];
    }
}

/// <summary>One call of a node, as the node saw it.</summary>
internal sealed record Call
{
    public required string Stamp { get; init; }

    public required string Tenant { get; init; }

    public required string Run { get; init; }

    public required string Node { get; init; }

    public required string Text { get; init; }

    public required long Number { get; init; }

    /// <summary>Stamps of other calls in its input.</summary>
    public required IReadOnlyList<string> Seen { get; init; }

    /// <summary>By <see cref="CallLog.Now"/>.</summary>
    public long BeganAt { get; init; }

    public long EndedAt { get; init; }

    /// <summary>Null when it never ended: its process was killed.</summary>
    public string? Outcome { get; init; }

    public string Process { get; init; } = "";

    /// <summary>What it is a call of: all its attempts, and calls that were lost with their server, have this in common.</summary>
    public (string Run, string Node, string Text, long Number) Step => (Run, Node, Text, Number);
}
