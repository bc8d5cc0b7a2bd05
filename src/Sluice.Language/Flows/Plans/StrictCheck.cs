using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Flows.Plans;

/// <summary>
/// Finds what the wire format tolerates and a node's answer must not hold: fields that its message does not have. Such
/// bytes mostly come from a node that returned another message than it declares.
/// </summary>
internal static class StrictCheck
{
    /// <summary>What is wrong, as a sentence without its full stop; null when nothing is.</summary>
    public static string? Fault(MessageType type, ReadOnlySpan<byte> message) =>
        ProtoJson.Check(type, message) is { } mistake
            ? mistake.Message.TrimEnd('.')
            : Foreign(type, message);

    private static string? Foreign(MessageType type, ReadOnlySpan<byte> message)
    {
        if (type.WellKnown != WellKnown.None)
            return null;
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            if (type.Field(number) is not { } field)
                return $"field number {number} does not belong to `{type.FullName}`";
            if (!Fits(field, wire))
                return $"`{field.Name}` does not hold `{field.TypeText}`";
            if (field.Message is null)
                reader.Skip(number, wire);
            else if (Foreign(field.Message, reader.Bytes()) is { } fault)
                return fault;
        }
        return null;
    }

    private static bool Fits(FieldType field, WireType wire) =>
        field.IsMap
            ? wire == WireType.Bytes
            : wire == field.Kind.Wire()
                || field.IsRepeated && field.Kind.CanPack() && wire == WireType.Bytes;
}
