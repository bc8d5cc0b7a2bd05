namespace Sluice.Language.Packages;

/// <summary>A text file that was made for a package.</summary>
/// <param name="Path">Relative, with <c>/</c>.</param>
/// <param name="Content">Lines end with <c>\n</c>.</param>
public sealed record GeneratedFile(string Path, string Content);
