namespace Sluice.Server.Tests;

/// <summary>A server's data folder, when a test has done with it.</summary>
internal static class DataFolder
{
    /// <summary>Removes it with its packages, which are kept read-only: from their folders nobody but root removes anything.</summary>
    public static void Remove(string folder)
    {
        var packages = Path.Combine(folder, "runner", "packages");
        if (Directory.Exists(packages))
        {
            foreach (
                var inner in Directory.EnumerateDirectories(
                    packages,
                    "*",
                    SearchOption.AllDirectories
                )
            )
                File.SetUnixFileMode(
                    inner,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                );
        }
        Directory.Delete(folder, recursive: true);
    }
}
