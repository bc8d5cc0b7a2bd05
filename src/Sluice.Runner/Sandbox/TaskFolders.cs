namespace Sluice.Runner.Sandbox;

/// <summary>The folders of one process in the tiers that have no file system of their own to offer.</summary>
internal static unsafe class TaskFolders
{
    public static SandboxPaths Make(SandboxTask task, string folder)
    {
        var paths = new SandboxPaths(
            task.Package ?? Path.Combine(folder, "app"),
            task.Source ?? "",
            Path.Combine(folder, "tmp")
        );
        Directory.CreateDirectory(paths.Temp);
        if (task.Package is null)
            Directory.CreateDirectory(paths.App);
        return paths;
    }

    /// <summary>Gives a folder just made to a user.</summary>
    public static void Own(string folder, uint user)
    {
        foreach (var path in Directory.EnumerateDirectories(folder).Append(folder))
        {
            fixed (byte* at = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
            {
                if (Native.chown(at, user, user) != 0)
                    throw new IOException("A folder could not be given to its user.");
            }
        }
    }
}
