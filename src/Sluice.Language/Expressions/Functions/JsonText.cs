using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Functions;

/// <summary>Values as JSON: messages in their canonical form, the rest as CEL maps it.</summary>
internal static class JsonText
{
    /// <summary>Integers up to this size are exact in every reader of JSON; greater ones are written as text.</summary>
    public const long LargestExact = (1L << 53) - 1;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Value Of(ref Evaluation evaluation, in Arguments arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        if (Write(ref evaluation, arguments.A, json) is { } fault)
            return fault;
        json.Flush();
        return evaluation.Exhausted
            ? Evaluation.TooCostly
            : Value.String(buffer.WrittenSpan.ToArray());
    }

    private static ExpressionFault? Write(
        ref Evaluation evaluation,
        Value value,
        Utf8JsonWriter json
    )
    {
        if (!evaluation.Spend())
            return Evaluation.TooCostly;
        var fault = evaluation.Enter() ? Entered(ref evaluation, value, json) : Evaluation.TooDeep;
        evaluation.Leave();
        return fault;
    }

    private static ExpressionFault? Entered(
        ref Evaluation evaluation,
        Value value,
        Utf8JsonWriter json
    )
    {
        switch (value.Kind)
        {
            case ValueKind.Null:
                json.WriteNullValue();
                return null;
            case ValueKind.Bool:
                json.WriteBooleanValue(value.IsTrue);
                return null;
            case ValueKind.Int or ValueKind.UInt or ValueKind.Double:
                Number(value, json);
                return null;
            case ValueKind.String:
                if (!evaluation.SpendBytes(value.Length) || !Utf8.IsValid(value.Span))
                    return new("A string is no UTF-8.");
                json.WriteStringValue(value.Span);
                return null;
            case ValueKind.Bytes:
                if (!evaluation.SpendBytes(value.Length))
                    return Evaluation.TooCostly;
                json.WriteBase64StringValue(value.Span);
                return null;
            case ValueKind.List:
                return List(ref evaluation, value.List, json);
            case ValueKind.Map:
                return Map(ref evaluation, value.Map, json);
            case ValueKind.Message:
                return Message(ref evaluation, value, json);
            default:
                return Rest(value, json);
        }
    }

    private static void Number(Value value, Utf8JsonWriter json)
    {
        if (value.Kind == ValueKind.Double)
        {
            if (double.IsFinite(value.AsDouble))
                json.WriteNumberValue(value.AsDouble);
            else
                json.WriteStringValue(NotFinite(value.AsDouble));
        }
        else if (IsExact(value))
            json.WriteNumberValue(value.AsInt);
        else
            json.WriteStringValue(Digits(value));
    }

    public static string NotFinite(double value) =>
        double.IsNaN(value) ? "NaN"
        : value > 0 ? "Infinity"
        : "-Infinity";

    public static bool IsExact(Value integer) =>
        integer.Kind == ValueKind.UInt
            ? integer.AsUInt <= LargestExact
            : integer.AsInt is >= -LargestExact and <= LargestExact;

    public static string Digits(Value integer) =>
        integer.Kind == ValueKind.UInt
            ? integer.AsUInt.ToString(CultureInfo.InvariantCulture)
            : integer.AsInt.ToString(CultureInfo.InvariantCulture);

    private static ExpressionFault? List(
        ref Evaluation evaluation,
        ListValue list,
        Utf8JsonWriter json
    )
    {
        json.WriteStartArray();
        for (var i = 0; i < list.Count; i++)
            if (Write(ref evaluation, list.At(ref evaluation, i), json) is { } fault)
                return fault;
        json.WriteEndArray();
        return null;
    }

    private static ExpressionFault? Map(
        ref Evaluation evaluation,
        MapValue map,
        Utf8JsonWriter json
    )
    {
        json.WriteStartObject();
        for (var i = 0; i < map.Count; i++)
        {
            var key = map.KeyAt(i);
            if (key.Kind == ValueKind.String && !Utf8.IsValid(key.Span))
                return new("A string is no UTF-8.");
            json.WritePropertyName(
                key.Kind switch
                {
                    ValueKind.String => key.Text,
                    ValueKind.Bool => key.IsTrue ? "true" : "false",
                    _ => Digits(key),
                }
            );
            if (Write(ref evaluation, map.ValueAt(i), json) is { } fault)
                return fault;
        }

        json.WriteEndObject();
        return null;
    }

    private static ExpressionFault? Message(
        ref Evaluation evaluation,
        Value value,
        Utf8JsonWriter json
    )
    {
        // A byte of a message may become several of JSON, and it is read twice.
        if (!evaluation.SpendBytes(4L * value.Length))
            return Evaluation.TooCostly;
        if (ProtoJson.Check(value.Message, value.Span) is not null)
            return new("The message has no JSON form.");
        ProtoJson.Write(value.Message, value.Span, json);
        return null;
    }

    private static ExpressionFault? Rest(Value value, Utf8JsonWriter json)
    {
        if (value.IsFault)
            return value.Reason;
        if (value.Kind is not (ValueKind.Timestamp or ValueKind.Duration))
            return new($"A value of type {Faults.Word(value)} has no JSON form.");
        Span<byte> text = stackalloc byte[40];
        var length = Times.Write(value, text);
        if (length == 0)
            return new("A time is outside of its range.");
        json.WriteStringValue(text[..length]);
        return null;
    }
}
