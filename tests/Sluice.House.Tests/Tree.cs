namespace Sluice.House.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Tree
{
    public static string Root { get; } = FindRoot();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    public static IEnumerable<string> Sources(params string[] folder) =>
        Directory
            .EnumerateFiles(Path(folder), "*.cs", SearchOption.AllDirectories)
            .Where(file =>
                !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/bin/", StringComparison.Ordinal)
            );

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "Sluice.slnx")))
            folder =
                Directory.GetParent(folder)?.FullName
                ?? throw new InvalidOperationException("the tests are run outside their tree");
        return folder;
    }
}
