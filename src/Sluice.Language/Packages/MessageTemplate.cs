using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Language.Documents;

namespace Sluice.Language.Packages;

/// <summary>
/// Writes a message from one of three short forms, which may be mixed: <c>name:type</c>, <c>type name</c>,
/// <c>type name = number</c>, separated by <c>;</c>, <c>,</c> or line ends. Fields without a number get the next free one. A whole
/// <c>message Name { … }</c> is taken too; what is no plain field in it (oneof, nested types) stays as it is written.
/// </summary>
internal static partial class MessageTemplate
{
    private const int FirstReserved = 19_000;
    private const int LastReserved = 19_999;

    public static Reading<string> Write(string name, string fields)
    {
        var mistakes = new MistakeList(null);
        if (!NameRules.IsNodeName(name))
            mistakes.Add(
                new Mistake(
                    "template_message_name",
                    $"The name of a message is in PascalCase, such as GreetRequest, not `{Shown.Text(name)}`."
                )
            );
        var body = Body(name, fields);
        // What has parts in braces is proto3 in full, and is left to the compiler.
        var lines = body.Contains('{') ? Indented(body) : Fields(body, mistakes);
        var text = new StringBuilder($"message {name} {{\n");
        foreach (var line in lines)
            text.Append("  ").Append(line).Append('\n');
        return mistakes.Finish(text.Append("}\n").ToString());
    }

    /// <summary>The fields alone, also when they come as a whole message.</summary>
    private static string Body(string name, string fields)
    {
        var whole = WholePattern().Match(fields);
        return whole.Success && whole.Groups["name"].Value == name
            ? whole.Groups["body"].Value
            : fields;
    }

    private static IEnumerable<string> Indented(string body) =>
        body.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0);

    private static List<string> Fields(string body, MistakeList mistakes)
    {
        var statements = Statements(body);
        var parsed = statements.Select(s => (Text: s, Field: FieldOf(s))).ToList();
        var used = parsed.Select(p => p.Field?.Number ?? 0).ToHashSet();
        var next = 0;
        var lines = new List<string>();
        foreach (var (text, field) in parsed)
        {
            if (text.StartsWith("//", StringComparison.Ordinal))
                lines.Add(text);
            else if (field is null)
                mistakes.Add(
                    new Mistake(
                        "template_field",
                        $"`{Shown.Text(text)}` is no field; `name:type`, `type name` or `type name = 1` is expected.",
                        Where: Shown.Text(text)
                    )
                );
            else
                lines.Add($"{field.Type} {field.Name} = {field.Number ?? Next()}{field.Options};");
        }
        return lines;

        int Next()
        {
            do next = next == FirstReserved - 1 ? LastReserved + 1 : next + 1;
            while (used.Contains(next));
            return next;
        }
    }

    /// <summary>Cuts at semicolons, line ends, and commas outside of angle and square brackets; comments are statements of their own.</summary>
    private static List<string> Statements(string body)
    {
        var statements = new List<string>();
        var current = new StringBuilder();
        var depth = 0;
        for (var i = 0; i < body.Length; i++)
        {
            var c = body[i];
            depth +=
                c is '<' or '[' ? 1
                : c is '>' or ']' ? -1
                : 0;
            if (c == '/' && body.AsSpan(i).StartsWith("//"))
            {
                Flush();
                var end = body.IndexOf('\n', i) is >= 0 and var found ? found : body.Length;
                statements.Add(body[i..end].Trim());
                i = end;
            }
            else if (c is ';' or '\n' || c == ',' && depth == 0)
                Flush();
            else
                current.Append(c);
        }
        Flush();
        return statements;

        void Flush()
        {
            var text = current.ToString().Trim();
            if (text.Length > 0)
                statements.Add(text);
            current.Clear();
        }
    }

    private static Field? FieldOf(string text)
    {
        var match = ColonPattern().Match(text) is { Success: true } colon
            ? colon
            : ProtoPattern().Match(text);
        if (!match.Success)
            return null;
        var label = match.Groups["label"].Value;
        var type = SpacePattern().Replace(match.Groups["type"].Value, "").Replace(",", ", ");
        int? number = match.Groups["number"] is { Success: true } digits
            ? int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture)
            : null;
        var options = match.Groups["options"].Value;
        return new Field(
            label.Length > 0 ? $"{label} {type}" : type,
            match.Groups["name"].Value,
            number,
            options.Length > 0 ? " " + options : ""
        );
    }

    private sealed record Field(string Type, string Name, int? Number, string Options);

    private const string Type =
        @"((?<label>repeated|optional)\s+)?(?<type>map\s*<\s*\w+\s*,\s*[\w.]+\s*>|[A-Za-z_.][\w.]*)";
    private const string Name = @"(?<name>[A-Za-z_]\w*)";
    private const RegexOptions Options =
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex($@"^{Name}\s*:\s*{Type}\s*(=\s*(?<number>[0-9]{{1,9}}))?\z", Options, 1000)]
    private static partial Regex ColonPattern();

    [GeneratedRegex(
        $@"^{Type}\s+{Name}\s*(=\s*(?<number>[0-9]{{1,9}}))?\s*(?<options>\[[^\]]*\])?\z",
        Options,
        1000
    )]
    private static partial Regex ProtoPattern();

    [GeneratedRegex(
        @"^\s*message\s+(?<name>\w+)\s*\{(?<body>.*)\}\s*\z",
        Options | RegexOptions.Singleline,
        1000
    )]
    private static partial Regex WholePattern();

    [GeneratedRegex(@"\s+", Options, 1000)]
    private static partial Regex SpacePattern();
}
