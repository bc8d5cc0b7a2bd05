using System.Text.Json;
using Sluice.Language;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// The body of an invocation (design decision 15), read in one pass: the input stays a slice of the body, so that it
/// is parsed once, by its message type.
/// </summary>
internal sealed record InvokeRequest
{
    /// <summary>Longest deadline that a call may set: 24 hours.</summary>
    public const long LongestTimeoutMs = 86_400_000;

    public string? GraphId { get; private init; }

    public string? Flow { get; private init; }

    /// <summary>JSON of the input message; an absent input is an empty message.</summary>
    public ReadOnlyMemory<byte> Input { get; private init; }

    /// <summary>Whether the answer waits for the run's end. Default true.</summary>
    public bool Wait { get; private init; } = true;

    public string? ConfigId { get; private init; }

    /// <summary>The run's own deadline in milliseconds, 1 to 24 hours.</summary>
    public long? TimeoutMs { get; private init; }

    /// <summary>0 to 9, the highest first.</summary>
    public int Priority { get; private init; } = Run.DefaultPriority;

    public DebugWish? Debug { get; private init; }

    public static Outcome<InvokeRequest> Parse(ReadOnlyMemory<byte> body)
    {
        var mistakes = new List<Mistake>();
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 110 });
        try
        {
            var request = Read(ref reader, body, mistakes);
            if (mistakes.Count > 0)
                return CommonRefusals.InvalidBody.With(mistakes);
            return Check(request);
        }
        catch (JsonException error)
        {
            mistakes.Add(
                new Mistake(
                    "json",
                    "not valid JSON here: check braces, quotes and nesting (at most 100 levels)",
                    Line: (int)Math.Min(int.MaxValue - 1, error.LineNumber ?? 0) + 1,
                    Column: (int)Math.Min(int.MaxValue - 1, error.BytePositionInLine ?? 0) + 1
                )
            );
            return CommonRefusals.InvalidBody.With(mistakes);
        }
        catch (InvalidOperationException)
        {
            return CommonRefusals.InvalidBody.With([
                new Mistake("utf8", "the name of a member is not valid text"),
            ]);
        }
    }

    private static InvokeRequest Read(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        List<Mistake> mistakes
    )
    {
        var request = new InvokeRequest { Input = "{}"u8.ToArray() };
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            mistakes.Add(
                new Mistake(
                    "json",
                    "expected an object such as {\"flow\": \"handle/name\", \"input\": {}}",
                    Line: 1,
                    Column: 1
                )
            );
            return request;
        }
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan.Length <= 64 ? reader.GetString()! : "(a long name)";
            if (!seen.Add(name))
                mistakes.Add(
                    new Mistake("duplicate_member", "the member stands twice", Where: name)
                );
            reader.Read();
            request = Member(request, name, ref reader, body, mistakes);
        }
        if (reader.Read())
            mistakes.Add(new Mistake("json", "there is something after the object", Line: 1));
        return request;
    }

    private static InvokeRequest Member(
        InvokeRequest request,
        string name,
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        List<Mistake> mistakes
    )
    {
        switch (name)
        {
            case "graph_id":
                return request with { GraphId = Text(ref reader, name, mistakes) };
            case "flow":
                return request with { Flow = Text(ref reader, name, mistakes) };
            case "config_id":
                return request with { ConfigId = Text(ref reader, name, mistakes) };
            case "wait":
                if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
                    return request with { Wait = reader.GetBoolean() };
                mistakes.Add(new Mistake("type", "wait is true or false", Where: name));
                break;
            case "timeout_ms":
                if (
                    reader.TokenType == JsonTokenType.Number
                    && reader.TryGetInt64(out var timeout)
                    && timeout is >= 1 and <= LongestTimeoutMs
                )
                    return request with { TimeoutMs = timeout };
                mistakes.Add(
                    new Mistake(
                        "type",
                        $"timeout_ms is a whole number from 1 to {LongestTimeoutMs}",
                        Where: name
                    )
                );
                break;
            case "priority":
                if (
                    reader.TokenType == JsonTokenType.Number
                    && reader.TryGetInt32(out var priority)
                    && priority is >= 0 and <= 9
                )
                    return request with { Priority = priority };
                mistakes.Add(
                    new Mistake("type", "priority is a whole number from 0 to 9", Where: name)
                );
                break;
            case "debug":
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                var debug = Body.Parse(
                    body.Span[from..(int)reader.BytesConsumed],
                    RunBodies.Default.DebugWish
                );
                if (!debug.Refused)
                    return request with { Debug = debug.Value };
                mistakes.Add(
                    new Mistake(
                        "type",
                        "debug is an object with breakpoints (a list of aliases) and pause_at_start (true or false)",
                        Where: name
                    )
                );
                return request;
            case "input":
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return request with { Input = body[start..(int)reader.BytesConsumed] };
            default:
                mistakes.Add(
                    new Mistake(
                        "unknown_member",
                        "not a member of an invocation; known are graph_id, flow, input, wait, config_id, timeout_ms, priority, debug",
                        Where: name
                    )
                );
                break;
        }
        reader.Skip();
        return request;
    }

    private static string? Text(ref Utf8JsonReader reader, string name, List<Mistake> mistakes)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length is > 0 and <= 256)
        {
            try
            {
                if (reader.GetString() is { } text && !text.Contains('\0'))
                    return text;
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair, or bytes that are no UTF-8.
            }
            mistakes.Add(new Mistake("utf8", $"{name} is not valid text", Where: name));
            return null;
        }
        mistakes.Add(new Mistake("type", $"{name} is a text of 1 to 256 bytes", Where: name));
        reader.Skip();
        return null;
    }

    private static Outcome<InvokeRequest> Check(InvokeRequest request)
    {
        if (request.GraphId is null == request.Flow is null)
            return CommonRefusals.InvalidBody.With([
                new Mistake(
                    "graph_or_flow",
                    "name what to run: either graph_id (a compiled graph) or flow (its latest graph)",
                    Where: "graph_id"
                ),
            ]);
        return request;
    }
}
