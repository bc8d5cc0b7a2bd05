using System.Buffers;
using System.Runtime.InteropServices;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Secrets;

/// <summary>The body of a call that saves a secret: the value in pinned memory, zeroed on dispose.</summary>
internal sealed class SecretBody : IDisposable
{
    /// <summary>Most bytes of a value, in UTF-8 and unescaped.</summary>
    public const int MostBytes = 64 << 10;

    /// <summary>Most bytes of a body: a value in which every byte is written as six, and room for the rest.</summary>
    private const int MostRawBytes = (6 * MostBytes) + 1024;

    /// <summary>How the body is called in the API description, and its shape there.</summary>
    public const string Name = "SecretValue";

    /// <inheritdoc cref="Name"/>
    public const string Schema = """
        {
          "type": "object",
          "required": ["value"],
          "additionalProperties": false,
          "properties": {
            "value": { "type": "string", "description": "At most 64 KiB in UTF-8." },
            "replace": { "type": "boolean", "description": "Replaces a value that is there; without it that is refused. Default false." }
          }
        }
        """;

    private SecretBody(PinnedSecret value, bool replace) => (Value, Replace) = (value, replace);

    public PinnedSecret Value { get; }

    /// <summary>Whether an existing value may be replaced.</summary>
    public bool Replace { get; }

    public void Dispose() => Value.Dispose();

    /// <summary>Reads the request's body. The connection's own buffers are wiped behind the reader.</summary>
    public static async Task<Outcome<SecretBody>> Read(HttpContext context)
    {
        var raw = await ReadBytes(context);
        if (raw.Refused)
            return raw.Refusal;
        using var bytes = raw.Value;
        return Parse(bytes.Span);
    }

    /// <summary>The bytes of a body that holds a value, in whatever form; whoever takes them disposes of them.</summary>
    internal static async Task<Outcome<PinnedSecret>> ReadBytes(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.ContentEncoding.Count > 0)
            return CommonRefusals.EncodedBody;
        // Chunks are copied once more inside the server, out of reach of the wiping.
        if (request.ContentLength is not { } announced)
            return SecretRefusals.LengthRequired;
        if (announced > MostRawBytes)
            return SecretRefusals.TooLarge;
        var raw = new PinnedSecret((int)announced);
        try
        {
            raw.Length = await Fill(request, raw.Memory, context.RequestAborted);
            return raw;
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    /// <summary>Reads the JSON of a body; the bytes stay the caller's to zero.</summary>
    internal static Outcome<SecretBody> Parse(ReadOnlySpan<byte> json)
    {
        var mistakes = new List<Mistake>();
        var reader = new SecretJson(json, mistakes);
        reader.Read();
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidBody.With(mistakes);
        var value = new PinnedSecret(reader.RawValue.Length);
        value.Length = SecretJson.Decode(reader.RawValue, value.Span);
        if (value.Length <= MostBytes)
            return new SecretBody(value, reader.Replace);
        value.Dispose();
        return SecretRefusals.TooLarge;
    }

    private static async Task<int> Fill(
        HttpRequest request,
        Memory<byte> destination,
        CancellationToken stop
    )
    {
        var filled = 0;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(stop);
            foreach (var segment in read.Buffer)
            {
                var part = segment[..Math.Min(segment.Length, destination.Length - filled)];
                part.CopyTo(destination[filled..]);
                filled += part.Length;
            }
            Wipe(read.Buffer);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return filled;
        }
    }

    // The pipe's blocks are ours until we advance past them, and are reused without being cleared: a value would stay in memory for as long
    // as the connection is idle. They are memory that the server wrote into, so they can be written to.
    private static void Wipe(ReadOnlySequence<byte> read)
    {
        foreach (var segment in read)
            MemoryMarshal.AsMemory(segment).Span.Clear();
    }
}
