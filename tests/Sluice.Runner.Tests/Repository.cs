namespace Sluice.Runner.Tests;

/// <summary>Finds files of the repository that tests share with other languages.</summary>
internal static class Repository
{
    public static string File(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "Sluice.slnx")))
            folder =
                Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("Not within the repository.");
        return Path.Combine(folder, path);
    }
}
