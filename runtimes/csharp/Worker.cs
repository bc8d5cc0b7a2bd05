#nullable enable
using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;

namespace Axiom.Runtime;

/// <summary>Serves one package's nodes over the two pipes 3 and 4, one call at a time.</summary>
internal static class Worker
{
    private const int MaxPayload = 16 << 20;
    private const int MaxText = 60 << 10;

    /// <summary>Who reads pipe 3, and whether a call is in flight.</summary>
    private static readonly Lock Channel = new();
    private static Frames frames = null!;
    private static uint current;

    /// <summary>That of the call in flight, when it is a pipeline node's.</summary>
    private static volatile CallStream? stream;

    private static int Main()
    {
        frames = new();
        Egress.Start();
        frames.Send(Frames.Hello, 0, Hello());
        while (true)
        {
            Frame frame;
            lock (Channel)
                frame = frames.Receive();
            if (frame.Kind == Frames.Invoke)
                Invoke(frame);
            else if (frame.Kind == Frames.Shutdown)
                Frames.Exit();
        }
    }

    private static byte[] Hello()
    {
        var writer = Writer.Rent();
        writer.Varint(8);
        writer.Varint(1);
        Text(writer, 2, "csharp");
        foreach (var node in Dispatch.Nodes)
            Text(writer, 3, node);
        Text(writer, 4, Dispatch.Fingerprint);
        return writer.Return();
    }

    private static void Invoke(Frame frame)
    {
        var call = new Call(frame.Number);
        Volatile.Write(ref current, frame.Number);
        byte kind;
        byte[] answer;
        try
        {
            call.Read(frame.Payload);
            if (call.Streams)
            {
                stream = new(frame.Number, frames);
                Dispatch.Stream(call.Node, call, stream);
                answer = [];
            }
            else
            {
                answer = Dispatch.Call(call.Node, call, call.Input.Span);
            }
            kind = Frames.Result;
            if (answer.Length > MaxPayload)
                (kind, answer) = (
                    Frames.Error,
                    Error(
                        "too_large",
                        $"the output has {answer.Length} bytes, more than {MaxPayload}"
                    )
                );
        }
        catch (Exception e)
        {
            (kind, answer) = (Frames.Error, Describe(e, call.Node));
        }

        Console.Out.Flush();
        bool lost;
        // A thread of the node may be waiting for an answer still.
        lock (Channel)
        {
            lost = stream?.Close() ?? false;
            stream = null;
            current = 0;
            frames.Send(kind, frame.Number, answer);
        }
        // What the host says next would be read by a thread that nobody can stop.
        if (lost)
            Frames.Exit();
    }

    private static byte[] Describe(Exception e, string node) =>
        e switch
        {
            CancelledException => Error("cancelled", "it was stopped"),
            OutOfMemoryException => Error("out_of_memory", "out of memory"),
            UnknownNodeException => Error("unknown_node", $"the package has no node {node}"),
            WrongOutputException => Error("wrong_type", e.Message),
            FrameTooLargeException => Error("too_large", e.Message),
            TypeInitializationException { InnerException: { } inner } => Describe(inner, node),
            _ => Error("exception", $"{e.GetType().Name}: {e.Message}", e.StackTrace),
        };

    private static byte[] Error(string kind, string message, string? stack = null)
    {
        var writer = Writer.Rent();
        Text(writer, 1, kind);
        Text(writer, 2, Clip(message, MaxText));
        if (!string.IsNullOrEmpty(stack))
            Text(writer, 3, Clip(stack, MaxText));
        return writer.Return();
    }

    internal static void Text(Writer writer, int number, string text)
    {
        writer.Varint((uint)(number << 3 | 2));
        writer.String(text);
    }

    /// <summary>At most so many bytes of UTF-8.</summary>
    internal static string Clip(string text, int max)
    {
        if (text.Length * 3 <= max || Encoding.UTF8.GetByteCount(text) <= max)
            return text;
        var bytes = Encoding.UTF8.GetBytes(text);
        var end = max - 3;
        while ((bytes[end] & 0xC0) == 0x80)
            end--;
        return Encoding.UTF8.GetString(bytes, 0, end) + "…";
    }

    /// <summary>Asks the host for a secret. Calls that have ended, and names that cannot be, find nothing.</summary>
    internal static (string Value, bool Found) Secret(uint call, string name)
    {
        var asked = Encoding.UTF8.GetBytes(name ?? "");
        if (asked.Length is 0 or > 128)
            return ("", false);
        if (Ask(call, Frames.SecretGet, asked, Frames.SecretValue) is not { } payload)
            return ("", false);
        var found = payload.Length > 0 && payload[0] != 0;
        var value = found ? Encoding.UTF8.GetString(payload.AsSpan(1)) : "";
        Array.Clear(payload);
        return (value, found);
    }

    /// <summary>Asks the host, and gives the payload of its answer; null for a call that has ended.</summary>
    internal static byte[]? Ask(uint call, byte kind, byte[] payload, byte awaited)
    {
        lock (Channel)
        {
            if (current != call)
                return null;
            if (stream is { } open)
                return open.Ask(kind, payload);
            frames.Send(kind, call, payload);
            while (true)
            {
                var frame = frames.Receive();
                if (frame.Kind == Frames.Shutdown)
                    Frames.Exit();
                if (frame.Number != call)
                    continue;
                if (frame.Kind == Frames.Cancel)
                    throw new CancelledException();
                if (frame.Kind == awaited)
                    return frame.Payload;
            }
        }
    }

    internal static void Tell(byte kind, uint call, byte[] payload) =>
        frames.Send(kind, call, payload);
}

/// <summary>The host asked to stop while it was asked for something.</summary>
internal sealed class CancelledException : Exception;

/// <summary>One call, as its handler sees it.</summary>
internal sealed class Call(uint number) : IAxiomContext, IAxiomLogger, IAxiomSecrets, IAxiomParams
{
    private const int MaxLine = 16 << 10;
    private const int MaxFields = 8 << 10;
    private string executionId = "";
    private string flowId = "";
    private string tenantId = "";
    private Dictionary<string, string>? parameters;
    private readonly CallContext context = new(number);

    public string Node { get; private set; } = "";

    public ReadOnlyMemory<byte> Input { get; private set; }

    /// <summary>It is a call of a pipeline node.</summary>
    public bool Streams { get; private set; }

    public void Read(byte[] payload)
    {
        var reader = new Reader(payload);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 10:
                    Node = reader.String();
                    break;
                case 18:
                    Input = reader.Bytes();
                    break;
                case 34:
                    executionId = reader.String();
                    break;
                case 42:
                    flowId = reader.String();
                    break;
                case 50:
                    tenantId = reader.String();
                    break;
                case 66:
                    Parameter(reader.Span());
                    break;
                case 120:
                    Streams = reader.Bool();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    public IAxiomLogger Log() => this;

    public IAxiomSecrets Secrets() => this;

    public IAxiomParams Params() => this;

    public IAxiomReflection Reflection() => context;

    public IAxiomAgent Agent() => context;

    public IAxiomTelemetry Telemetry() => context;

    public void Progress(double fraction, string message) => context.Progress(fraction, message);

    public string ExecutionId() => executionId;

    public string FlowId() => flowId;

    public string TenantId() => tenantId;

    void IAxiomLogger.Debug(string message, IDictionary<string, string>? attributes) =>
        Line("debug", message, attributes);

    void IAxiomLogger.Info(string message, IDictionary<string, string>? attributes) =>
        Line("info", message, attributes);

    void IAxiomLogger.Warn(string message, IDictionary<string, string>? attributes) =>
        Line("warn", message, attributes);

    void IAxiomLogger.Error(string message, IDictionary<string, string>? attributes) =>
        Line("error", message, attributes);

    (string Value, bool Found) IAxiomSecrets.Get(string name) => Worker.Secret(number, name);

    (string Value, bool Found) IAxiomParams.Get(string name) =>
        parameters is not null && parameters.TryGetValue(name, out var value)
            ? (value, true)
            : ("", false);

    private void Parameter(ReadOnlySpan<byte> entry)
    {
        var (key, value) = ("", "");
        var reader = new Reader(entry);
        while (reader.Next(out var tag))
        {
            if (tag == 10)
                key = reader.String();
            else if (tag == 18)
                value = reader.String();
            else
                reader.Skip(tag);
        }

        (parameters ??= [])[key] = value;
    }

    private void Line(string level, string message, IDictionary<string, string>? attributes)
    {
        var writer = Writer.Rent();
        Worker.Text(writer, 1, level);
        Worker.Text(writer, 2, Worker.Clip(message ?? "", MaxLine));
        var left = MaxFields;
        foreach (var (key, value) in attributes ?? new Dictionary<string, string>())
        {
            var text = Worker.Clip(value ?? "", 1024);
            left -= Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(text) + 10;
            if (left < 0)
                break;
            writer.Varint(26);
            var mark = writer.Begin();
            Worker.Text(writer, 1, key);
            Worker.Text(writer, 2, text);
            writer.End(mark);
        }

        Worker.Tell(Frames.Log, number, writer.Return());
    }
}
