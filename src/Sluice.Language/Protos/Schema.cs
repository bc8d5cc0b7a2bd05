namespace Sluice.Language.Protos;

/// <summary>All message and enum types of a package, checked and linked. Never changes; safe to share between threads.</summary>
public sealed class Schema
{
    private readonly Dictionary<string, MessageType> byName = [];

    internal Schema(
        IReadOnlyDictionary<string, string> sources,
        IReadOnlyList<MessageType> topLevel,
        IReadOnlyList<EnumType> enums
    )
    {
        Sources = sources;
        TopLevel = topLevel;
        Enums = enums;
        var all = new List<MessageType>();
        foreach (var message in topLevel)
            Collect(message, all);
        Messages = all;
        foreach (var message in all)
            byName[message.FullName] = message;
        // Short names are a convenience: the first declared wins, and a full name always beats a short one.
        foreach (var message in all)
        {
            byName.TryAdd(message.Name, message);
            for (var outer = message.Parent; outer is not null; outer = outer.Parent)
                byName.TryAdd(
                    message.FullName[(outer.FullName.Length - outer.Name.Length)..],
                    message
                );
        }
    }

    /// <summary>The proto files that this schema was compiled from, by path; compiling them again gives the same schema.</summary>
    public IReadOnlyDictionary<string, string> Sources { get; }

    /// <summary>Every declared message, nested ones too; without those of <c>google.protobuf</c>.</summary>
    public IReadOnlyList<MessageType> Messages { get; }

    /// <summary>The messages that are not nested in another.</summary>
    public IReadOnlyList<MessageType> TopLevel { get; }

    /// <summary>The enums that are not nested in a message.</summary>
    public IReadOnlyList<EnumType> Enums { get; }

    /// <summary>
    /// SHA-256 as 64 lower-case hex characters over what the types mean: names, numbers, kinds, labels. Comments, files
    /// and the order of declarations do not count.
    /// </summary>
    public string Fingerprint => field ??= SchemaFingerprint.Of(this);

    /// <summary>The message with this full name (<c>demo.greeter.GreetReply</c>) or simple name (<c>GreetReply</c>), or null.</summary>
    public MessageType? Find(string name) => byName.GetValueOrDefault(name);

    private static void Collect(MessageType message, List<MessageType> into)
    {
        into.Add(message);
        foreach (var nested in message.Messages)
            Collect(nested, into);
    }
}
