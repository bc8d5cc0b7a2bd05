using System.Diagnostics.CodeAnalysis;

namespace Sluice.Language.Packages;

/// <summary>One version of one package, written <c>demo/greeter@0.1.0</c>.</summary>
/// <param name="Name"><c>handle/package-name</c>.</param>
/// <param name="Version">A semantic version; there is no "latest".</param>
public sealed record PackageReference(string Name, string Version)
{
    /// <summary>False when the text is no name, <c>@</c> and exact version.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PackageReference? reference)
    {
        reference = null;
        if (text.Split('@') is not [var name, var version])
            return false;
        if (!NameRules.IsPackageName(name) || !NameRules.IsVersion(version))
            return false;
        reference = new PackageReference(name, version);
        return true;
    }

    public override string ToString() => $"{Name}@{Version}";
}
