using System.Runtime.CompilerServices;

namespace Sluice.Language.Protos;

/// <summary>
/// Tells whether the bytes of one message mean the same when they are read as another: same full name, and the same fields
/// by name, number, kind and label all the way down. Two versions of one package may name a message alike and number its
/// fields otherwise.
/// </summary>
internal static class MessageShape
{
    private static readonly ConditionalWeakTable<
        MessageType,
        ConditionalWeakTable<MessageType, StrongBox<bool>>
    > Known = [];

    /// <summary>Compared once per pair.</summary>
    public static bool Same(MessageType a, MessageType b) =>
        ReferenceEquals(a, b)
        || a.FullName == b.FullName
            && Known
                .GetOrCreateValue(a)
                .GetValue(b, other => new StrongBox<bool>(Compare(a, other)))
                .Value;

    private static bool Compare(MessageType a, MessageType b)
    {
        var seen = new HashSet<(MessageType, MessageType)> { (a, b) };
        var open = new Stack<(MessageType A, MessageType B)>();
        open.Push((a, b));
        while (open.TryPop(out var pair))
        {
            if (pair.A.FullName != pair.B.FullName || pair.A.Fields.Count != pair.B.Fields.Count)
                return false;
            foreach (var field in pair.A.Fields)
            {
                if (
                    pair.B.Field(field.Number) is not { } other
                    || field.Name != other.Name
                    || !Alike(field, other)
                )
                    return false;
                var (x, y) = (field.MapValue ?? field, other.MapValue ?? other);
                if (x.Message is not null && seen.Add((x.Message, y.Message!)))
                    open.Push((x.Message, y.Message!));
            }
        }
        return true;
    }

    private static bool Alike(FieldType a, FieldType b) =>
        a.Kind == b.Kind
        && a.IsRepeated == b.IsRepeated
        && a.IsOptional == b.IsOptional
        && a.IsMap == b.IsMap
        && a.Oneof?.Name == b.Oneof?.Name
        && (!a.IsMap || Alike(a.MapKey!, b.MapKey!) && Alike(a.MapValue!, b.MapValue!))
        && (a.Enum is null || Alike(a.Enum, b.Enum!));

    private static bool Alike(EnumType a, EnumType b) =>
        ReferenceEquals(a, b)
        || a.Values.Count == b.Values.Count
            && a.Values.Zip(b.Values)
                .All(v => v.First.Name == v.Second.Name && v.First.Number == v.Second.Number);
}
