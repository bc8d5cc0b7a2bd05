namespace Sluice.Language.Protos;

/// <summary>An enum. It is open: a number without a name is a legal value on the wire.</summary>
public sealed class EnumType
{
    /// <summary>With package and enclosing messages, for example <c>demo.greeter.Mood</c>.</summary>
    public required string FullName { get; init; }

    /// <summary>The last part of <see cref="FullName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The message that this enum is nested in, or null.</summary>
    public MessageType? Parent { get; init; }

    /// <summary>In the order of their declaration; the first has number zero.</summary>
    public required IReadOnlyList<EnumValue> Values { get; init; }

    /// <summary>True when several names may share a number (option <c>allow_alias</c>).</summary>
    public bool AllowsAliases { get; init; }

    /// <summary>The leading comment; empty when there is none.</summary>
    public string Docs { get; init; } = "";

    /// <summary>Path of the file that declares it.</summary>
    public string File { get; init; } = "";
}

/// <summary>A named number of an enum.</summary>
public sealed record EnumValue(string Name, int Number, string Docs = "");
