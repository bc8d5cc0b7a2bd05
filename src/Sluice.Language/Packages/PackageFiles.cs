namespace Sluice.Language.Packages;

/// <summary>Where things lie in a package.</summary>
public static class PackageFiles
{
    /// <summary>The file that holds all of the package's own messages.</summary>
    public const string Messages = "messages/messages.proto";

    private static readonly HashSet<string> Scratch = new(StringComparer.Ordinal)
    {
        ".git",
        ".sluice",
        ".axiom",
        ".venv",
        "__pycache__",
        "node_modules",
        "target",
        "bin",
        "obj",
    };

    /// <summary>The folder that holds the proto files of an import: <c>imports/demo-base/1.0.0/</c>.</summary>
    public static string ImportFolder(PackageReference package) =>
        $"imports/{package.Name.Replace('/', '-')}/{package.Version}/";

    /// <summary>True for a path that a tool made on the way and that is no part of the package.</summary>
    public static bool IsScratch(string path) => path.Split('/').Any(Scratch.Contains);
}
