#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Axiom.Runtime;

/// <summary>What a handler asks its run and its flow's memory, and what it tells of itself. Whose memory it is, the host knows.</summary>
internal sealed class CallContext(uint call)
    : IMemoryStore,
        IAxiomReflection,
        IAxiomAgent,
        IAxiomTelemetry
{
    private const int Reflect = 1;
    private const int AppendTurn = 2;
    private const int LastTurns = 3;
    private const int EndSession = 4;
    private const int WriteEntry = 5;
    private const int FindEntries = 6;
    private const int ProgressNote = 1;
    private const int EventNote = 2;
    private const int CounterNote = 3;
    private const int HistogramNote = 4;
    private const int MaxAsk = 72 << 10;
    private const int MaxName = 256;
    private const int MaxAttributes = 16;

    private readonly Lock gate = new();
    private AxiomFlow? flow;

    public AxiomFlow Flow()
    {
        lock (gate)
            return flow ??= Question(Asked(Reflect)).Flow;
    }

    public AxiomMemory Memory() => new(this);

    public AxiomWritten Append(
        string session,
        string role,
        string content,
        string toolName,
        string toolCallId
    )
    {
        var writer = Asked(AppendTurn);
        Some(writer, 2, session);
        Some(writer, 3, role);
        Some(writer, 4, content);
        Some(writer, 7, toolName);
        Some(writer, 8, toolCallId);
        return Question(writer).Written;
    }

    public AxiomAnswers<AxiomTurn> Last(string session, int n)
    {
        var writer = Asked(LastTurns);
        Some(writer, 2, session);
        Number(writer, n);
        return Question(writer).FoundTurns;
    }

    public AxiomWritten End(string session)
    {
        var writer = Asked(EndSession);
        Some(writer, 2, session);
        return Question(writer).Written;
    }

    public AxiomWritten Write(string session, string content, double importance)
    {
        var writer = Asked(WriteEntry);
        Some(writer, 2, session);
        Some(writer, 4, content);
        Double(writer, 6, importance);
        return Question(writer).Written;
    }

    public AxiomAnswers<AxiomEntry> Search(string session, string query, int limit)
    {
        var writer = Asked(FindEntries);
        Some(writer, 2, session);
        Some(writer, 4, query);
        Number(writer, limit);
        return Question(writer).FoundEntries;
    }

    public void AddEvent(string name, IDictionary<string, string>? attributes = null) =>
        Note(EventNote, name, 0, attributes);

    public void Counter(
        string name,
        double value = 1,
        IDictionary<string, string>? attributes = null
    ) => Note(CounterNote, name, value, attributes);

    public void Histogram(
        string name,
        double value,
        IDictionary<string, string>? attributes = null
    ) => Note(HistogramNote, name, value, attributes);

    public void Progress(double fraction, string message) =>
        Note(ProgressNote, message, fraction, null);

    private void Note(int what, string name, double value, IDictionary<string, string>? attributes)
    {
        var writer = Asked(what);
        Some(writer, 2, Worker.Clip(name ?? "", MaxName));
        Double(writer, 3, value);
        foreach (
            var (key, text) in (attributes ?? new Dictionary<string, string>())
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Take(MaxAttributes)
        )
        {
            writer.Varint(34);
            var mark = writer.Begin();
            Some(writer, 1, Worker.Clip(key, MaxName));
            Some(writer, 2, Worker.Clip(text ?? "", MaxName));
            writer.End(mark);
        }

        Worker.Tell(Frames.Note, call, writer.Return());
    }

    private static Writer Asked(int what)
    {
        var writer = Writer.Rent();
        writer.Varint(8);
        writer.Varint((ulong)what);
        return writer;
    }

    private static void Some(Writer writer, int number, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            Worker.Text(writer, number, text);
    }

    private static void Number(Writer writer, long count)
    {
        if (count == 0)
            return;
        writer.Varint(40);
        writer.Int64(count);
    }

    private static void Double(Writer writer, int number, double value)
    {
        if (BitConverter.DoubleToInt64Bits(value) == 0)
            return;
        writer.Varint((uint)(number << 3 | 1));
        writer.Double(value);
    }

    private Answer Question(Writer writer)
    {
        var payload = writer.Return();
        if (payload.Length > MaxAsk)
            return new()
            {
                Code = "too_large",
                Message = $"The question has {payload.Length} bytes; the limit is {MaxAsk}.",
            };
        return Worker.Ask(call, Frames.Ask, payload, Frames.Answer) is { } answer
            ? Answer.Read(answer)
            : new() { Code = "unavailable", Message = "The call is over." };
    }
}
