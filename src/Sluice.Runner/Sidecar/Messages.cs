using System.Text;

namespace Sluice.Runner.Sidecar;

/// <summary>What a worker says once it is ready for calls.</summary>
internal sealed record Hello(
    int Protocol,
    string Language,
    IReadOnlyList<string> Nodes,
    string Fingerprint
);

/// <summary>A node's failure as its worker tells it.</summary>
internal sealed record WorkerError(string Kind, string Message, string Stack);

/// <summary>A log line that a node wrote through its context.</summary>
internal sealed record LogLine(
    string Level,
    string Text,
    IReadOnlyDictionary<string, string> Fields
);

/// <summary>The payloads that are protobuf messages, as spec/worker.proto has them.</summary>
internal static class Messages
{
    private const int MaxFields = 64;

    /// <summary>Writes a whole Invoke frame, head included.</summary>
    public static void WriteInvoke(WireWriter to, uint call, NodeCall what)
    {
        to.Reset(FrameHead.Size);
        to.Text(1, what.Node);
        to.Bytes(2, what.Input.Span);
        to.Number(3, (long)what.Timeout.TotalMilliseconds);
        to.Text(4, what.ExecutionId);
        to.Text(5, what.FlowId);
        to.Text(6, what.TenantId);
        to.Text(7, what.TraceId);
        foreach (var (name, value) in what.Params)
            to.Entry(8, name, value);
        to.Number(15, what.Stream is null ? 0 : 1);
        new FrameHead(to.Length - FrameHead.Size, FrameKind.Invoke, call).Write(to.Buffer);
    }

    /// <summary>Null when the bytes are no such message.</summary>
    public static Hello? ReadHello(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var (protocol, language, fingerprint) = (0, "", "");
        List<string> nodes = [];
        while (reader.Next(out var field, out var number, out var bytes))
        {
            switch (field)
            {
                case 1:
                    protocol = (int)number;
                    break;
                case 2:
                    language = Text(bytes);
                    break;
                case 3:
                    nodes.Add(Text(bytes));
                    break;
                case 4:
                    fingerprint = Text(bytes);
                    break;
            }
        }
        return reader.Broken ? null : new Hello(protocol, language, nodes, fingerprint);
    }

    /// <summary>Null when the bytes are no such message.</summary>
    public static WorkerError? ReadError(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var (kind, message, stack) = ("", "", "");
        while (reader.Next(out var field, out _, out var bytes))
        {
            switch (field)
            {
                case 1:
                    kind = Text(bytes);
                    break;
                case 2:
                    message = Text(bytes);
                    break;
                case 3:
                    stack = Text(bytes);
                    break;
            }
        }
        return reader.Broken ? null : new WorkerError(kind, message, stack);
    }

    /// <summary>Null when the bytes are no such message.</summary>
    public static LogLine? ReadLog(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var (level, text) = ("", "");
        Dictionary<string, string>? fields = null;
        while (reader.Next(out var field, out _, out var bytes))
        {
            switch (field)
            {
                case 1:
                    level = Text(bytes);
                    break;
                case 2:
                    text = Text(bytes);
                    break;
                case 3 when (fields?.Count ?? 0) < MaxFields:
                    if (!ReadEntry(bytes, fields ??= []))
                        return null;
                    break;
            }
        }
        if (reader.Broken)
            return null;
        return new LogLine(
            level is "debug" or "warn" or "error" ? level : "info",
            text,
            fields ?? (IReadOnlyDictionary<string, string>)NodeLog.NoFields
        );
    }

    /// <summary>Adds an entry of a map&lt;string, string&gt;; false when the bytes are none.</summary>
    public static bool ReadEntry(ReadOnlySpan<byte> bytes, Dictionary<string, string> to)
    {
        var entry = new WireReader(bytes);
        var (key, value) = ("", "");
        while (entry.Next(out var part, out _, out var inner))
            (key, value) = part == 1 ? (Text(inner), value) : (key, Text(inner));
        if (entry.Broken)
            return false;
        to[key] = value;
        return true;
    }

    /// <summary>Broken UTF-8 becomes U+FFFD, never an exception.</summary>
    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
