using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Language;

namespace Sluice.Server.Vocabulary;

/// <summary>Reads request bodies in bounded memory; what is wrong comes back as a refusal with a position.</summary>
internal static class Body
{
    /// <summary>Most bytes of a management call's body.</summary>
    public const int ManagementLimit = 1 << 20;

    private const int FirstBuffer = 64 << 10;

    /// <summary>Most characters of a place within a body that a mistake repeats.</summary>
    private const int LongestPath = 120;

    /// <summary>The whole body, refused at <paramref name="limit"/> bytes without reading on.</summary>
    public static async Task<(ReadOnlyMemory<byte> Bytes, Refusal? Refusal)> ReadAll(
        HttpContext context,
        int limit
    )
    {
        var request = context.Request;
        if (request.Headers.ContentEncoding.Count > 0)
            return (default, CommonRefusals.EncodedBody);
        Accept(context, limit);
        // What is announced is not yet sent: memory grows with what has come.
        var buffer = new ArrayBufferWriter<byte>(
            (int)Math.Clamp(request.ContentLength ?? 1024, 256, FirstBuffer)
        );
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(context.RequestAborted);
                foreach (var segment in read.Buffer)
                    buffer.Write(segment.Span);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return (buffer.WrittenMemory, null);
            }
        }
        catch (BadHttpRequestException error)
            when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (default, TooLarge(limit));
        }
    }

    /// <summary>
    /// Says how much this route takes, where that is not what all take. It is the listener that counts, so that it hangs up rather than
    /// read on, which it would do to keep the connection for the next request.
    /// </summary>
    private static void Accept(HttpContext context, int limit)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
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
        if (NulIn(utf8) is { } nul)
            return CommonRefusals.InvalidBody.With([nul]);
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

    // No store keeps U+0000 in a text as any other character, so no text of a management call holds one. A backslash before the escape may
    // itself be escaped.
    private static Mistake? NulIn(ReadOnlySpan<byte> utf8)
    {
        for (var from = 0; utf8[from..].IndexOf("\\u0000"u8) is var found and >= 0; )
        {
            var at = from + found;
            var backslashes = at - utf8[..at].LastIndexOfAnyExcept((byte)'\\');
            if (backslashes % 2 == 1)
                return new Mistake(
                    "nul",
                    "a text cannot hold the character U+0000",
                    Line: utf8[..at].Count((byte)'\n') + 1,
                    Column: at - utf8[..at].LastIndexOf((byte)'\n')
                );
            from = at + 6;
        }
        return null;
    }

    // Only the position and path are taken from the exception: its text never leaves the server.
    private static Mistake Describe(JsonException error)
    {
        var path = error.Path switch
        {
            null or "$" => null,
            { Length: > LongestPath } long_ => string.Concat(long_.AsSpan(0, LongestPath), "…"),
            var short_ => short_,
        };
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
