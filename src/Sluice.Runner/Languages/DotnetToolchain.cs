namespace Sluice.Runner.Languages;

/// <summary>Where this machine keeps the .NET runtime, the compiler, and what it compiles against.</summary>
/// <param name="Root">The folder of the program <c>dotnet</c>: the one that this server itself runs on.</param>
/// <param name="Compiler">csc.dll of the newest SDK; null when only a runtime is installed.</param>
/// <param name="References">A folder of reference assemblies.</param>
internal sealed record DotnetToolchain(string Root, string? Compiler, string References)
{
    private const string Framework = "net10.0";

    public string Program => Path.Combine(Root, "dotnet");

    /// <summary>Null when there is no .NET 10 runtime as a folder of its own (a server published as one file).</summary>
    public static DotnetToolchain? Find()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location);
        // …/shared/Microsoft.NETCore.App/10.0.x
        var root = Path.GetFullPath(
            Path.Combine(
                runtime is { Length: > 0 } ? runtime : "/usr/share/dotnet/x/y/z",
                "../../.."
            )
        );
        if (!File.Exists(Path.Combine(root, "dotnet")) || runtime is not { Length: > 0 })
            return null;
        var compiler = Newest(Path.Combine(root, "sdk"), "Roslyn/bincore/csc.dll");
        // Without the reference pack the runtime's own assemblies do: they hold the same surface and more.
        var references =
            Newest(Path.Combine(root, "packs/Microsoft.NETCore.App.Ref"), "ref/" + Framework)
            ?? runtime;
        return new DotnetToolchain(root, compiler, references);
    }

    private static string? Newest(string folder, string inside) =>
        !Directory.Exists(folder)
            ? null
            : Directory
                .EnumerateDirectories(folder)
                .Select(path =>
                    (Version: Numbers(Path.GetFileName(path)), Path: Path.Combine(path, inside))
                )
                .Where(found =>
                    found.Version.Major == 10
                    && (File.Exists(found.Path) || Directory.Exists(found.Path))
                )
                .OrderByDescending(found => found.Version)
                .Select(found => found.Path)
                .FirstOrDefault();

    private static Version Numbers(string name) =>
        Version.TryParse(name.Split('-')[0], out var version) ? version : new Version(0, 0);
}
