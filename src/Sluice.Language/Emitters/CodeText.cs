using System.Text;

namespace Sluice.Language.Emitters;

/// <summary>Text of a program, built line by line with its indentation.</summary>
/// <param name="braces">True where blocks stand between braces on lines of their own.</param>
/// <param name="indent">One step of indentation.</param>
internal sealed class CodeText(bool braces, string indent = "    ")
{
    private readonly StringBuilder text = new();
    private int depth;

    public CodeText Line(string line = "")
    {
        if (line.Length > 0)
        {
            for (var i = 0; i < depth; i++)
                text.Append(indent);
            text.Append(line);
        }

        text.Append('\n');
        return this;
    }

    /// <summary>Several lines, each at the present depth.</summary>
    public CodeText Lines(params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
            Line(line);
        return this;
    }

    /// <summary>A header and, one deeper, what the action writes; between braces where the language has them.</summary>
    public CodeText Block(string header, Action body)
    {
        Line(header);
        if (braces)
            Line("{");
        depth++;
        body();
        depth--;
        if (braces)
            Line("}");
        return this;
    }

    public override string ToString() => text.ToString();
}
