using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

/// <summary>JSON to bytes and back, as text.</summary>
internal static class Json
{
    public static byte[] Parse(MessageType type, string json)
    {
        var reading = ProtoJson.Parse(type, Encoding.UTF8.GetBytes(json));
        Assert.Empty(reading.Mistakes);
        return reading.Value!;
    }

    public static IReadOnlyList<Mistake> Mistakes(MessageType type, string json)
    {
        var reading = ProtoJson.Parse(type, Encoding.UTF8.GetBytes(json));
        Assert.Null(reading.Value);
        return reading.Mistakes;
    }

    public static string Write(MessageType type, ReadOnlySpan<byte> message)
    {
        Assert.Null(ProtoJson.Check(type, message));
        var buffer = new ArrayBufferWriter<byte>();
        using (
            var writer = new Utf8JsonWriter(
                buffer,
                new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
            ProtoJson.Write(type, message, writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static string RoundTrip(MessageType type, string json) => Write(type, Parse(type, json));
}
