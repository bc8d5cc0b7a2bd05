namespace Sluice.Language.Emitters.Java;

/// <summary>Text of Java, whose blocks open at the end of a line.</summary>
internal sealed class JavaCode
{
    private readonly CodeText text = new(braces: false);

    public JavaCode Line(string line = "")
    {
        text.Line(line);
        return this;
    }

    public JavaCode Lines(params ReadOnlySpan<string> lines)
    {
        text.Lines(lines);
        return this;
    }

    public JavaCode Block(string header, Action body)
    {
        text.Block(header + " {", body);
        return Line("}");
    }

    /// <summary>A public method behind an empty line.</summary>
    public JavaCode Method(string signature, params string[] body) =>
        Line().Block("public " + signature, () => Lines(body));

    /// <summary>A comment in which nothing ends it, and nothing is taken for an escape or a tag.</summary>
    public void Docs(string docs)
    {
        if (docs.Length == 0)
            return;
        Line("/**");
        var safe = docs.Replace("\r", "")
            .Replace("&", "&amp;")
            .Replace("<", "&lt;")
            .Replace("@", "&#64;")
            .Replace("*/", "*&#47;")
            .Replace("\\", "&#92;");
        foreach (var line in safe.Split('\n'))
            Line((" * " + line).TrimEnd());
        Line(" */");
    }

    public override string ToString() => text.ToString();
}
