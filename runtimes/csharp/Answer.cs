#nullable enable
using System;
using System.Collections.Generic;

namespace Axiom.Runtime;

/// <summary>What the host answers.</summary>
internal sealed class Answer
{
    public string Code { get; init; } = "";

    public string Message { get; init; } = "";

    public string Id { get; private init; } = "";

    public AxiomFlow Flow { get; private init; } = AxiomFlow.Empty;

    public AxiomWritten Written => new(Id, Code, Message);

    public AxiomAnswers<AxiomTurn> FoundTurns => new(Turns, Code, Message);

    public AxiomAnswers<AxiomEntry> FoundEntries => new(Entries, Code, Message);

    private List<AxiomTurn> Turns { get; init; } = [];

    private List<AxiomEntry> Entries { get; init; } = [];

    public static Answer Read(byte[] payload)
    {
        var (code, message, id, flow) = ("", "", "", AxiomFlow.Empty);
        List<AxiomTurn> turns = [];
        List<AxiomEntry> entries = [];
        var reader = new Reader(payload);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 10:
                    code = reader.String();
                    break;
                case 18:
                    message = reader.String();
                    break;
                case 26:
                    id = reader.String();
                    break;
                case 34:
                    turns.Add(ReadTurn(reader.Span()));
                    break;
                case 42:
                    entries.Add(ReadEntry(reader.Span()));
                    break;
                case 50:
                    flow = ReadFlow(reader.Span());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return new()
        {
            Code = code,
            Message = message,
            Id = id,
            Flow = flow,
            Turns = turns,
            Entries = entries,
        };
    }

    private static AxiomTurn ReadTurn(ReadOnlySpan<byte> payload)
    {
        var turn = new AxiomTurn("", "", "", "");
        var reader = new Reader(payload);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 10:
                    turn = turn with { Id = reader.String() };
                    break;
                case 18:
                    turn = turn with { SessionId = reader.String() };
                    break;
                case 26:
                    turn = turn with { Role = reader.String() };
                    break;
                case 34:
                    turn = turn with { Content = reader.String() };
                    break;
                case 40:
                    turn = turn with { CreatedAt = reader.Int64() };
                    break;
                case 50:
                    turn = turn with { ToolName = reader.String() };
                    break;
                case 58:
                    turn = turn with { ToolCallId = reader.String() };
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return turn;
    }

    private static AxiomEntry ReadEntry(ReadOnlySpan<byte> payload)
    {
        var entry = new AxiomEntry("", "", "", 0);
        var reader = new Reader(payload);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 10:
                    entry = entry with { Id = reader.String() };
                    break;
                case 18:
                    entry = entry with { Content = reader.String() };
                    break;
                case 26:
                    entry = entry with { SessionId = reader.String() };
                    break;
                case 33:
                    entry = entry with { Importance = reader.Double() };
                    break;
                case 41:
                    entry = entry with { Score = reader.Double() };
                    break;
                case 48:
                    entry = entry with { CreatedAt = reader.Int64() };
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return entry;
    }

    private static AxiomFlow ReadFlow(ReadOnlySpan<byte> payload)
    {
        var (id, position) = ("", AxiomFlow.Empty.Position);
        List<AxiomFlowNode> nodes = [];
        List<AxiomFlowEdge> edges = [];
        List<AxiomFlowEdge> loopEdges = [];
        var reader = new Reader(payload);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 10:
                    id = reader.String();
                    break;
                case 18:
                    nodes.Add(ReadNode(reader.Span()));
                    break;
                case 26:
                    edges.Add(ReadEdge(reader.Span()));
                    break;
                case 34:
                    loopEdges.Add(ReadEdge(reader.Span()));
                    break;
                case 42:
                    position = ReadPosition(reader.Span());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return new(id, nodes, edges, loopEdges, position);
    }

    private static AxiomFlowNode ReadNode(ReadOnlySpan<byte> payload)
    {
        var instance = 0;
        // By field number.
        Span<string> texts = ["", "", "", "", "", "", "", "", ""];
        var reader = new Reader(payload);
        while (reader.Next(out var tag))
        {
            if (tag == 8)
                instance = reader.Int32();
            else if (tag is 18 or 26 or 34 or 42 or 50 or 58 or 66)
                texts[(int)tag >> 3] = reader.String();
            else
                reader.Skip(tag);
        }

        return new(instance, texts[2], texts[3], texts[4], texts[5], texts[6], texts[7], texts[8]);
    }

    private static AxiomFlowEdge ReadEdge(ReadOnlySpan<byte> payload)
    {
        var id = "";
        Span<int> numbers = stackalloc int[7];
        var reader = new Reader(payload);
        while (reader.Next(out var tag))
        {
            if (tag is 8 or 16 or 32 or 40 or 48)
                numbers[(int)tag >> 3] = reader.Int32();
            else if (tag == 26)
                id = reader.String();
            else
                reader.Skip(tag);
        }

        return new(numbers[1], numbers[2], id, numbers[4] != 0, numbers[5] != 0, numbers[6]);
    }

    private static AxiomPosition ReadPosition(ReadOnlySpan<byte> payload)
    {
        var alias = "";
        Span<int> numbers = [0, 0, 0, 0, 0, 0, 1, 0, 1];
        Dictionary<int, int> loops = [];
        List<string> above = [];
        var reader = new Reader(payload);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 8 or 24 or 48 or 56 or 64:
                    numbers[(int)tag >> 3] = reader.Int32();
                    break;
                case 18:
                    alias = reader.String();
                    break;
                case 34:
                    ReadVisit(reader.Span(), loops);
                    break;
                case 42:
                    above.Add(reader.String());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return new()
        {
            CurrentInstance = numbers[1],
            Alias = alias,
            Depth = numbers[3],
            LoopIterations = loops,
            SubflowStackGraphIds = above,
            Visit = numbers[6],
            Item = numbers[7] - 1,
            Attempt = numbers[8],
        };
    }

    private static void ReadVisit(ReadOnlySpan<byte> payload, Dictionary<int, int> loops)
    {
        Span<int> numbers = stackalloc int[3];
        var reader = new Reader(payload);
        while (reader.Next(out var tag))
        {
            if (tag is 8 or 16)
                numbers[(int)tag >> 3] = reader.Int32();
            else
                reader.Skip(tag);
        }

        loops[numbers[1]] = numbers[2];
    }
}
