namespace Sluice.Language.Packages.Dependencies;

/// <summary>What a package asks for from elsewhere.</summary>
/// <param name="Name">As its kind names it: <c>lodash</c>, <c>Newtonsoft.Json</c>, <c>org.example:lib</c>, <c>example.com/module</c>.</param>
/// <param name="Asked">The version or range that is asked for; empty for any.</param>
/// <param name="File">The file that asks.</param>
/// <param name="Line">Counted from 1; 0 when unknown.</param>
/// <param name="Column">Counted from 1; 0 when unknown.</param>
public sealed record Dependency(
    string Name,
    string Asked,
    string File,
    int Line = 0,
    int Column = 0
);

/// <summary>All that a package asks for, and what is wrong with how it asks.</summary>
/// <param name="Kind">Whose packages they are; null for a language without any.</param>
/// <param name="All">In the order of the file.</param>
/// <param name="Mistakes">Malformed lines, and ways of asking that are not served.</param>
public sealed record DependencyList(
    string? Kind,
    IReadOnlyList<Dependency> All,
    IReadOnlyList<Mistake> Mistakes
);

/// <summary>The kinds of packages that there are, by the word that settings and lock files use.</summary>
public static class DependencyKinds
{
    public const string Npm = "npm";
    public const string NuGet = "nuget";
    public const string PyPi = "pypi";
    public const string Go = "go";
    public const string Cargo = "cargo";
    public const string Maven = "maven";
}
