using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Sluice.Runner.Sidecar;

/// <summary>Questions, answers and notes, as spec/worker.proto has them.</summary>
internal static class ContextMessages
{
    private const int MostAttributes = 64;

    /// <summary>Null when the bytes are no such message, or a text in them is no UTF-8.</summary>
    public static NodeQuestion? ReadAsk(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var ask = new NodeQuestion();
        while (reader.Next(out var field, out var number, out var bytes))
        {
            if (field is 2 or 3 or 4 or 7 or 8 && !Utf8.IsValid(bytes))
                return null;
            ask = field switch
            {
                1 => ask with { Kind = number <= 6 ? (QuestionKind)number : QuestionKind.Unknown },
                2 => ask with { Session = Encoding.UTF8.GetString(bytes) },
                3 => ask with { Role = Encoding.UTF8.GetString(bytes) },
                4 => ask with { Text = Encoding.UTF8.GetString(bytes) },
                5 => ask with { Count = (long)number },
                6 when bytes.Length == 8 => ask with
                {
                    Importance = BinaryPrimitives.ReadDoubleLittleEndian(bytes),
                },
                7 => ask with { ToolName = Encoding.UTF8.GetString(bytes) },
                8 => ask with { ToolCallId = Encoding.UTF8.GetString(bytes) },
                _ => ask,
            };
        }
        return reader.Broken ? null : ask;
    }

    /// <summary>Null when the bytes are no such message. Broken UTF-8 becomes U+FFFD.</summary>
    public static NodeNote? ReadNote(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var (kind, name, value) = (NoteKind.Unknown, "", 0.0);
        Dictionary<string, string>? attributes = null;
        while (reader.Next(out var field, out var number, out var bytes))
        {
            switch (field)
            {
                case 1:
                    kind = number <= 4 ? (NoteKind)number : NoteKind.Unknown;
                    break;
                case 2:
                    name = Encoding.UTF8.GetString(bytes);
                    break;
                case 3 when bytes.Length == 8:
                    value = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
                    break;
                case 4 when (attributes?.Count ?? 0) < MostAttributes:
                    if (!Messages.ReadEntry(bytes, attributes ??= []))
                        return null;
                    break;
            }
        }
        return reader.Broken
            ? null
            : new NodeNote(
                kind,
                name,
                value,
                attributes ?? (IReadOnlyDictionary<string, string>)NodeLog.NoFields
            );
    }

    /// <summary>Writes a whole Answer frame, head included.</summary>
    public static void WriteAnswer(WireWriter to, uint call, NodeAnswer answer)
    {
        var part = new WireWriter();
        to.Reset(FrameHead.Size);
        to.Text(1, answer.Code);
        to.Text(2, answer.Message);
        to.Text(3, answer.Id);
        foreach (var turn in answer.Turns)
            to.Bytes(4, Part(part, turn, static (writer, it) => Write(writer, it)));
        foreach (var entry in answer.Entries)
            to.Bytes(5, Part(part, entry, static (writer, it) => Write(writer, it)));
        if (answer.Reflection is { } reflection)
            to.Bytes(6, Part(part, reflection, static (writer, it) => Write(writer, it)));
        new FrameHead(to.Length - FrameHead.Size, FrameKind.Answer, call).Write(to.Buffer);
    }

    private static ReadOnlySpan<byte> Part<T>(
        WireWriter writer,
        T what,
        Action<WireWriter, T> write
    )
    {
        writer.Reset(0);
        write(writer, what);
        return writer.Written;
    }

    private static void Write(WireWriter to, MemoryTurn turn)
    {
        to.Text(1, turn.Id);
        to.Text(2, turn.Session);
        to.Text(3, turn.Role);
        to.Text(4, turn.Content);
        to.Number(5, turn.CreatedAt);
        to.Text(6, turn.ToolName);
        to.Text(7, turn.ToolCallId);
    }

    private static void Write(WireWriter to, MemoryEntry entry)
    {
        to.Text(1, entry.Id);
        to.Text(2, entry.Content);
        to.Text(3, entry.Session);
        to.Double(4, entry.Importance);
        to.Double(5, entry.Score);
        to.Number(6, entry.CreatedAt);
    }

    private static void Write(WireWriter to, Reflection reflection)
    {
        var part = new WireWriter();
        to.Text(1, reflection.GraphId);
        foreach (var node in reflection.Nodes)
            to.Bytes(2, Part(part, node, static (writer, it) => Write(writer, it)));
        foreach (var edge in reflection.Edges)
            to.Bytes(3, Part(part, edge, static (writer, it) => Write(writer, it)));
        foreach (var edge in reflection.LoopEdges)
            to.Bytes(4, Part(part, edge, static (writer, it) => Write(writer, it)));
        to.Bytes(5, Part(part, reflection.Position, static (writer, it) => Write(writer, it)));
    }

    private static void Write(WireWriter to, ReflectedNode node)
    {
        to.Number(1, node.Instance);
        to.Text(2, node.Name);
        to.Text(3, node.Package);
        to.Text(4, node.Version);
        to.Text(5, node.Type);
        to.Text(6, node.Input);
        to.Text(7, node.Output);
        to.Text(8, node.Alias);
    }

    private static void Write(WireWriter to, ReflectedEdge edge)
    {
        to.Number(1, edge.Source);
        to.Number(2, edge.Target);
        to.Text(3, edge.Id);
        to.Number(4, edge.HasCondition ? 1 : 0);
        to.Number(5, edge.HasAdapter ? 1 : 0);
        to.Number(6, edge.MaxIterations);
    }

    private static void Write(WireWriter to, ReflectedPosition position)
    {
        to.Number(1, position.Instance);
        to.Text(2, position.Alias);
        to.Number(3, position.Depth);
        var part = new WireWriter();
        foreach (var (head, visit) in position.LoopIterations.OrderBy(pair => pair.Key))
        {
            part.Reset(0);
            part.Number(1, head);
            part.Number(2, visit);
            to.Bytes(4, part.Written);
        }
        foreach (var graph in position.GraphsAbove)
            to.Text(5, graph);
        to.Number(6, position.Visit);
        // One more than it is, so that no item is 0.
        to.Number(7, position.Item + 1);
        to.Number(8, position.Attempt);
    }
}
