using System.Text.Json;

namespace Sluice.Language.Protos.Json;

/// <summary>This part: the types that come with protobuf and have JSON forms of their own.</summary>
internal ref partial struct MessageParser
{
    private void Timestamp()
    {
        Span<byte> scratch = stackalloc byte[128];
        if (reader.TokenType != JsonTokenType.String)
            Wrong("a time such as \"2026-01-31T12:00:00Z\"");
        else if (!JsonTime.TryTimestamp(NumberText(scratch, out _), out var seconds, out var nanos))
            Refuse(
                "json_bad_timestamp",
                "Expected a time of the years 1 to 9999, such as \"2026-01-31T12:00:00.5Z\"."
            );
        else
            SecondsAndNanos(seconds, nanos);
    }

    private void Duration()
    {
        Span<byte> scratch = stackalloc byte[128];
        if (reader.TokenType != JsonTokenType.String)
            Wrong("a duration such as \"1.5s\"");
        else if (!JsonTime.TryDuration(NumberText(scratch, out _), out var seconds, out var nanos))
            Refuse(
                "json_bad_duration",
                "Expected a duration of at most 315576000000 seconds, such as \"1.5s\"."
            );
        else
            SecondsAndNanos(seconds, nanos);
    }

    private readonly void SecondsAndNanos(long seconds, int nanos)
    {
        if (seconds != 0)
        {
            writer.Tag(1, WireType.Varint);
            writer.Varint((ulong)seconds);
        }

        if (nanos != 0)
        {
            writer.Tag(2, WireType.Varint);
            writer.Varint((ulong)(long)nanos);
        }
    }

    private void Struct()
    {
        if (reader.TokenType == JsonTokenType.StartObject)
            Map(WellKnownTypes.Struct.Fields[0]);
        else
            Wrong("an object");
    }

    private void ListValue()
    {
        if (reader.TokenType == JsonTokenType.StartArray)
            List(WellKnownTypes.ListValue.Fields[0]);
        else
            Wrong("an array");
    }

    private void Value()
    {
        var kinds = WellKnownTypes.Value.Fields;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                Scalar(kinds[0], tagged: true, always: true);
                break;
            case JsonTokenType.Number:
                Scalar(kinds[1], tagged: true, always: true);
                break;
            case JsonTokenType.String:
                Scalar(kinds[2], tagged: true, always: true);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                Scalar(kinds[3], tagged: true, always: true);
                break;
            case JsonTokenType.StartObject:
                Embedded(kinds[4], WellKnownTypes.Struct);
                break;
            default:
                Embedded(kinds[5], WellKnownTypes.ListValue);
                break;
        }
    }
}
