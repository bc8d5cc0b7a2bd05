namespace Sluice.Language.Protos.Source;

/// <summary>What a full name stands for.</summary>
/// <param name="What">As a sentence names it, for example "a message".</param>
/// <param name="File">Where it is declared; empty for packages, which many files may share.</param>
internal sealed record Symbol(
    string What,
    string File,
    int Line,
    MessageType? Message = null,
    EnumType? Enum = null
)
{
    public bool IsType => Message is not null || Enum is not null;

    /// <summary>Whether other names can be inside this one.</summary>
    public bool IsScope => Message is not null || File.Length == 0;
}

/// <summary>All names of all files, and the search for a name as seen from a place.</summary>
internal sealed class SymbolTable(ProtoMistakes mistakes)
{
    private readonly Dictionary<string, Symbol> all = [];

    /// <summary>Enters a name; a second use is a mistake. Returns whether it is new.</summary>
    public bool Add(string fullName, Symbol symbol, string file, ProtoToken at)
    {
        if (all.TryAdd(fullName, symbol))
            return true;
        var first = all[fullName];
        var place = first.File.Length == 0 ? "" : $" in {first.File}, line {first.Line}";
        mistakes.Add(
            "proto_duplicate_name",
            $"'{fullName}' is already {first.What}{place}.",
            file,
            at
        );
        return false;
    }

    /// <summary>Enters a package and the packages around it.</summary>
    public void AddPackage(string name, string file, ProtoToken at)
    {
        for (var end = name.IndexOf('.'); ; end = name.IndexOf('.', end + 1))
        {
            var part = end < 0 ? name : name[..end];
            if (!all.TryGetValue(part, out var symbol))
                all[part] = new("a package", "", 0);
            else if (symbol.File.Length > 0)
                mistakes.Add(
                    "proto_duplicate_name",
                    $"'{part}' is already {symbol.What} in {symbol.File}.",
                    file,
                    at
                );
            if (end < 0)
                return;
        }
    }

    public void AddShared(MessageType type) =>
        all[type.FullName] = new("a message", type.File, 0, type);

    public void AddShared(EnumType type) =>
        all[type.FullName] = new("an enum", type.File, 0, Enum: type);

    /// <summary>
    /// Finds a type from the inside out: the innermost scope that knows the first part of the name decides.
    /// </summary>
    /// <param name="visible">Files whose declarations count; null for all.</param>
    public Symbol? Find(string name, string scope, IReadOnlySet<string>? visible)
    {
        if (name.StartsWith('.'))
            return Type(name[1..], visible);
        var dot = name.IndexOf('.');
        var first = dot < 0 ? name : name[..dot];
        while (true)
        {
            var prefix = scope.Length == 0 ? "" : scope + ".";
            if (Get(prefix + first, visible) is { } found)
            {
                if (dot < 0 && found.IsType)
                    return found;
                if (dot >= 0 && found.IsScope)
                    return Type(prefix + name, visible);
            }

            if (scope.Length == 0)
                return null;
            scope = scope.LastIndexOf('.') is > 0 and var end ? scope[..end] : "";
        }
    }

    private Symbol? Type(string fullName, IReadOnlySet<string>? visible) =>
        Get(fullName, visible) is { IsType: true } symbol ? symbol : null;

    private Symbol? Get(string fullName, IReadOnlySet<string>? visible) =>
        all.TryGetValue(fullName, out var symbol)
        && (visible is null || symbol.File.Length == 0 || visible.Contains(symbol.File))
            ? symbol
            : null;
}
