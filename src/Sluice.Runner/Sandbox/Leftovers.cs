namespace Sluice.Runner.Sandbox;

/// <summary>Removes folders that an author's code could write to, whatever it has made of them.</summary>
internal static class Leftovers
{
    private const UnixFileMode Mine =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>What cannot be removed now stays for the next start.</summary>
    public static void Delete(string folder)
    {
        try
        {
            if (!Deleted(folder))
            {
                // Whoever is not root removes nothing from a folder that may not be written to.
                Open(new DirectoryInfo(folder));
                Deleted(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, from a former start.
        }
    }

    private static bool Deleted(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Open(DirectoryInfo folder)
    {
        // A link is removed itself; what it points to is not ours to open.
        if (folder.LinkTarget is not null)
            return;
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode |= Mine;
        foreach (var inner in folder.EnumerateDirectories())
            Open(inner);
    }
}
