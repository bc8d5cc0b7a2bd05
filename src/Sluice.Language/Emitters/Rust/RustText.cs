namespace Sluice.Language.Emitters.Rust;

/// <summary>Blocks as Rust lays them out: the brace opens at the end of the line.</summary>
internal static class RustText
{
    public static CodeText Braces(this CodeText code, string header, Action body) =>
        code.Block(header + " {", body).Line("}");
}
