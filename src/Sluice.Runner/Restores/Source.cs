namespace Sluice.Runner.Restores;

/// <summary>A source of packages that may be asked.</summary>
/// <param name="Kind">npm, nuget, pypi, go, cargo or maven.</param>
/// <param name="Address">http, https or, for a folder, file. Ends with <c>/</c> where it is a place and no document.</param>
/// <param name="Hosts">Further hosts that it may lead to.</param>
/// <param name="Authorization">For its own host alone.</param>
internal sealed record Source(
    string Kind,
    Uri Address,
    IReadOnlyList<string> Hosts,
    string? Authorization
)
{
    /// <summary>The setting that names it.</summary>
    public string Setting => SettingOf(Kind);

    /// <summary>As people may see it: without a name and password.</summary>
    public string Shown =>
        Address.IsFile
            ? Address.LocalPath
            : Address
                .GetLeftPart(UriPartial.Path)
                .Replace(Address.UserInfo + "@", "", StringComparison.Ordinal);

    public bool IsFolder => Address.IsFile;

    public static string SettingOf(string kind) =>
        "Packages:Sources:"
        + kind switch
        {
            "npm" => "Npm",
            "nuget" => "NuGet",
            "pypi" => "PyPi",
            "go" => "Go",
            "cargo" => "Cargo",
            _ => "Maven",
        };

    /// <summary>Its own host, or its own folder.</summary>
    public bool IsOwn(Uri address) =>
        IsFolder
            ? address.IsFile
                && Path.GetFullPath(address.LocalPath)
                    .StartsWith(
                        Path.GetFullPath(Address.LocalPath).TrimEnd('/') + "/",
                        StringComparison.Ordinal
                    )
            : address.Scheme == Address.Scheme && address.Authority == Address.Authority;

    /// <summary>Whether it may be asked for this: at its own host, or at one that the operator has listed for it.</summary>
    public bool Allows(Uri address) =>
        IsOwn(address)
        || address.Scheme is "https" or "http"
            && (address.Scheme == "https" || Address.Scheme == "http")
            && Hosts.Any(host =>
                string.Equals(host, address.Host, StringComparison.OrdinalIgnoreCase)
                    && address.IsDefaultPort
                || string.Equals(host, address.Authority, StringComparison.OrdinalIgnoreCase)
            );

    /// <summary>What is below its address.</summary>
    public Uri Below(string path) => new(Address, path);
}
