using System.Globalization;
using System.Text;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Emitters.Python;

/// <summary>Literals and type words of Python.</summary>
internal static class PythonText
{
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (c is < ' ' or > '~')
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>The bytes of a tag as a literal.</summary>
    public static string Tag(int number, WireType wire)
    {
        using var writer = new WireWriter();
        writer.Tag(number, wire);
        var literal = new StringBuilder("b\"");
        foreach (var b in writer.Written)
            literal.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        return literal.Append('"').ToString();
    }

    /// <summary>A docstring, its lines at the depth of the code that it is put into.</summary>
    public static void Docs(CodeText code, string docs)
    {
        if (docs.Length == 0)
            return;
        var lines = docs.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\r", "").Split('\n');
        code.Line("\"\"\"" + lines[0] + (lines.Length == 1 ? "\"\"\"" : ""));
        foreach (var line in lines.Skip(1))
            code.Line(line);
        if (lines.Length > 1)
            code.Line("\"\"\"");
    }

    public static string Default(FieldType field) =>
        field.Kind switch
        {
            FieldKind.String => "\"\"",
            FieldKind.Bytes => "b\"\"",
            FieldKind.Bool => "False",
            FieldKind.Double or FieldKind.Float => "0.0",
            FieldKind.Message => "None",
            _ => "0",
        };

    /// <summary>The word of the class that holds one value, for annotations.</summary>
    public static string TypeWord(FieldType field, PythonNames names) =>
        field.Kind switch
        {
            FieldKind.String => "str",
            FieldKind.Bytes => "bytes",
            FieldKind.Bool => "bool",
            FieldKind.Double or FieldKind.Float => "float",
            FieldKind.Message => names.Of(field.Message!),
            _ => "int",
        };
}
