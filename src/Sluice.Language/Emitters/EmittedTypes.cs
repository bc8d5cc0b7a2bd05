using Sluice.Language.Protos;

namespace Sluice.Language.Emitters;

/// <summary>Every message and enum that a package's generated code needs, well-known ones included.</summary>
internal sealed class EmittedTypes
{
    public EmittedTypes(Schema schema)
    {
        // The package's own messages come first: where two files use one name, imported types have to give way.
        var own = schema.Messages.OrderBy(m =>
            m.File.StartsWith("messages/", StringComparison.Ordinal) ? 0 : 1
        );
        Messages = [.. own];
        var known = new List<MessageType>();
        var seen = new HashSet<MessageType>(Messages);
        var open = new Queue<MessageType>(Messages);
        while (open.TryDequeue(out var message))
        {
            foreach (
                var type in message
                    .Fields.Select(f => f.MapValue?.Message ?? f.Message)
                    .OfType<MessageType>()
            )
            {
                if (!seen.Add(type))
                    continue;
                known.Add(type);
                open.Enqueue(type);
            }
        }

        WellKnown = [.. known.OrderBy(m => m.Name, StringComparer.Ordinal)];
        Enums = [.. schema.Enums];
        UsesNullValue = Messages.Concat(WellKnown).Any(m => m.Fields.Any(UsesNull));
    }

    /// <summary>Declared messages, nested ones after the message around them.</summary>
    public IReadOnlyList<MessageType> Messages { get; }

    /// <summary>The types of <c>google.protobuf</c> that are used, also by each other, by name.</summary>
    public IReadOnlyList<MessageType> WellKnown { get; }

    /// <summary>Enums that are not nested.</summary>
    public IReadOnlyList<EnumType> Enums { get; }

    public bool UsesNullValue { get; }

    private static bool UsesNull(FieldType field) =>
        ReferenceEquals(field.MapValue?.Enum ?? field.Enum, WellKnownTypes.NullValue);
}
