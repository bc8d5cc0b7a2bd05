using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Language;

namespace Sluice.Server.Vocabulary;

/// <summary>Reads request bodies in bounded memory; what is wrong comes back as a refusal with a position.</summary>
internal static class Body
{
    /// <summary>Most bytes of a management call's body.</summary>
    public const int ManagementLimit = 1 << 20;

    /// <summary>The whole body, refused at <paramref name="limit"/> bytes without reading on.</summary>
    public static async Task<(ReadOnlyMemory<byte> Bytes, Refusal? Refusal)> ReadAll(
        HttpContext context,
        int limit
    )
    {
        var request = context.Request;
        if (request.Headers.ContentEncoding.Count > 0)
            return (default, CommonRefusals.EncodedBody);
        if (request.ContentLength > limit)
            return (default, TooLarge(limit));
        var buffer = new ArrayBufferWriter<byte>(
            (int)Math.Clamp(request.ContentLength ?? 1024, 256, limit)
        );
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(context.RequestAborted);
            foreach (var segment in read.Buffer)
            {
                if (buffer.WrittenCount + segment.Length > limit)
                    return (default, TooLarge(limit));
                buffer.Write(segment.Span);
            }
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return (buffer.WrittenMemory, null);
        }
    }

    /// <summary>The body as <typeparamref name="T"/>: duplicate and unknown members, depth over 64 and wrong types are refused.</summary>
    public static async Task<Outcome<T>> Read<T>(
        HttpContext context,
        JsonTypeInfo<T> type,
        int limit = ManagementLimit
    )
        where T : class
    {
        var (bytes, refusal) = await ReadAll(context, limit);
        return refusal is not null ? refusal : Parse(bytes.Span, type);
    }

    public static Outcome<T> Parse<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            if (JsonSerializer.Deserialize(utf8, type) is { } value)
                return value;
            return CommonRefusals.InvalidBody.With([
                new Mistake("json", "expected a JSON object, found null", Line: 1, Column: 1),
            ]);
        }
        catch (JsonException error)
        {
            return CommonRefusals.InvalidBody.With([Describe(error)]);
        }
    }

    // Only the position and path are taken from the exception: its text never leaves the server.
    private static Mistake Describe(JsonException error)
    {
        var path = error.Path is null or "$" ? null : error.Path;
        var message = path is null
            ? "not valid JSON for this route: check braces, quotes, duplicate members and member names here"
            : $"not the type, or not a member, that this route takes at {path}";
        return new Mistake(
            "json",
            message,
            Line: (int)Math.Min(int.MaxValue - 1, error.LineNumber ?? 0) + 1,
            Column: (int)Math.Min(int.MaxValue - 1, error.BytePositionInLine ?? 0) + 1,
            Where: path
        );
    }

    private static Refusal TooLarge(int limit) =>
        CommonRefusals.TooLarge.With(
            $"The body is larger than the {limit} bytes that this route takes."
        );
}
