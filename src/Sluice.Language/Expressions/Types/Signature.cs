namespace Sluice.Language.Expressions.Types;

/// <summary>One overload of a function, written <c>size(list(A)) -> int</c>, or <c>string.contains(string) -> bool</c> for a method.</summary>
internal sealed class Signature
{
    private static readonly Dictionary<string, CelType> Words = new()
    {
        ["dyn"] = CelType.Dyn,
        ["null"] = CelType.Null,
        ["bool"] = CelType.Bool,
        ["int"] = CelType.Int,
        ["uint"] = CelType.UInt,
        ["double"] = CelType.Double,
        ["string"] = CelType.String,
        ["bytes"] = CelType.Bytes,
        ["timestamp"] = CelType.Timestamp,
        ["duration"] = CelType.Duration,
    };

    private readonly string text;
    private int at;

    private Signature(string text) => this.text = text;

    public string Name { get; private set; } = "";

    /// <summary>The first parameter stands before the point.</summary>
    public bool IsMethod { get; private set; }

    public IReadOnlyList<CelType> Parameters { get; private set; } = [];

    public CelType Result { get; private set; } = CelType.Dyn;

    /// <summary>Reads what this assembly's own tables say; their texts are right, or nothing starts.</summary>
    public static Signature Parse(string text)
    {
        var signature = new Signature(text);
        signature.Read();
        return signature;
    }

    /// <summary>The type of the result when the arguments fit, else null.</summary>
    public CelType? Match(bool method, IReadOnlyList<CelType> arguments)
    {
        if (IsMethod != method || Parameters.Count != arguments.Count)
            return null;
        var parameters = new Dictionary<string, CelType>();
        for (var i = 0; i < arguments.Count; i++)
            if (!Parameters[i].Accepts(arguments[i], parameters))
                return null;
        return Result.With(parameters);
    }

    public override string ToString() => text;

    private void Read()
    {
        var arrow = text.IndexOf(" -> ", StringComparison.Ordinal);
        var dot = Receiver();
        var parameters = new List<CelType>();
        if (dot > 0)
        {
            IsMethod = true;
            parameters.Add(Type());
            at++;
        }

        var open = text.IndexOf('(', at);
        Name = text[at..open];
        at = open + 1;
        while (text[at] != ')')
        {
            parameters.Add(Type());
            if (text[at] == ',')
                at += 2;
        }

        Parameters = parameters;
        at = arrow + 4;
        Result = Type();
    }

    /// <summary>Offset of the point behind a method's receiver, or -1; <c>optional.of(</c> is a name with a point in it.</summary>
    private int Receiver()
    {
        var depth = 0;
        for (var i = 0; i < text.Length && text[i] != ' '; i++)
        {
            depth +=
                text[i] == '(' ? 1
                : text[i] == ')' ? -1
                : 0;
            if (text[i] == '.' && depth == 0)
                return text.StartsWith("optional.", StringComparison.Ordinal) ? -1 : i;
        }

        return -1;
    }

    private CelType Type()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetter(text[at]) || text[at] == '_'))
            at++;
        var word = text[start..at];
        if (Words.TryGetValue(word, out var simple))
            return simple;
        if (word.Length == 1)
            return new(TypeKind.Parameter, Name: word);
        at++;
        var first = Type();
        CelType? second = null;
        if (text[at] == ',')
        {
            at += 2;
            second = Type();
        }

        at++;
        return word switch
        {
            "list" => CelType.List(first),
            "map" => CelType.Map(first, second!),
            "optional" => CelType.Optional(first),
            "type" => CelType.TypeOf(first),
            _ => throw new FormatException(text),
        };
    }
}
