namespace Sluice.Language.Protos.Source;

/// <summary>What one file says, before names are resolved.</summary>
internal sealed class FileSyntax(string path)
{
    public string Path { get; } = path;
    public string Package { get; set; } = "";
    public ProtoToken PackageAt { get; set; }
    public List<ImportSyntax> Imports { get; } = [];
    public List<MessageSyntax> Messages { get; } = [];
    public List<EnumSyntax> Enums { get; } = [];
}

internal sealed record ImportSyntax(string Path, bool Public, ProtoToken At);

internal sealed class MessageSyntax(ProtoToken name, string docs)
{
    public ProtoToken Name { get; } = name;
    public string Docs { get; } = docs;
    public List<FieldSyntax> Fields { get; } = [];
    public List<OneofSyntax> Oneofs { get; } = [];
    public List<MessageSyntax> Messages { get; } = [];
    public List<EnumSyntax> Enums { get; } = [];
    public ReservedSyntax Reserved { get; } = new();
}

internal enum FieldLabel
{
    None,
    Optional,
    Repeated,
    Map,
}

/// <summary>A field; for a map, <see cref="Type"/> is the value's type.</summary>
internal sealed record FieldSyntax(
    ProtoToken Name,
    FieldLabel Label,
    TypeSyntax Type,
    TypeSyntax? MapKey
)
{
    public required ProtoToken NumberAt { get; init; }
    public required int Number { get; init; }
    public required string Docs { get; init; }
    public OneofSyntax? Oneof { get; init; }
    public string? JsonName { get; init; }
    public bool? Packed { get; init; }
}

/// <summary>A type as written: a scalar's word or a dotted name, perhaps with a leading dot.</summary>
internal sealed record TypeSyntax(string Text, ProtoToken At);

internal sealed record OneofSyntax(ProtoToken Name, string Docs);

internal sealed class EnumSyntax(ProtoToken name, string docs)
{
    public ProtoToken Name { get; } = name;
    public string Docs { get; } = docs;
    public List<EnumValueSyntax> Values { get; } = [];
    public bool AllowsAliases { get; set; }
    public ReservedSyntax Reserved { get; } = new();
}

internal sealed record EnumValueSyntax(
    ProtoToken Name,
    int Number,
    ProtoToken NumberAt,
    string Docs
);

/// <summary>Numbers and names that must not be used (again).</summary>
internal sealed class ReservedSyntax
{
    private readonly List<(long From, long To)> ranges = [];
    private bool sorted;

    public HashSet<string> Names { get; } = [];

    public void Add(long from, long to)
    {
        ranges.Add((from, to));
        sorted = false;
    }

    public bool Has(long number)
    {
        if (!sorted)
            Sort();
        var at = ranges.BinarySearch((number, long.MaxValue));
        at = at < 0 ? ~at - 1 : at;
        return at >= 0 && number <= ranges[at].To;
    }

    /// <summary>By their starts, each end raised to the farthest so far, so that one range decides.</summary>
    private void Sort()
    {
        ranges.Sort();
        for (var i = 1; i < ranges.Count; i++)
            ranges[i] = (ranges[i].From, Math.Max(ranges[i].To, ranges[i - 1].To));
        sorted = true;
    }
}
