namespace Sluice.Runner.Sandbox;

/// <summary>
/// Where the server runs as root, each tenant's processes get a user of their own: root owns the host's files and
/// devices, and an owner may change their modes even without capabilities and through descriptors.
/// </summary>
internal static class TenantUsers
{
    private const uint First = 200_000;
    private const uint Count = 60_000;

    /// <summary>Users can be switched.</summary>
    public static bool Available { get; } =
        OperatingSystem.IsLinux() && Native.geteuid() == 0 && File.Exists("/usr/bin/setpriv");

    /// <summary>Any spread will do: two tenants on one number are still kept apart by their tier.</summary>
    public static uint Of(string tenantId)
    {
        var hash = 17u;
        foreach (var letter in tenantId)
            hash = hash * 31 + letter;
        return First + hash % Count;
    }

    /// <summary>Whether another user can reach everything that the task is shown.</summary>
    public static bool CanReach(SandboxTask task) =>
        task.ReadOnly.Append(task.Package).Append(task.Source).All(path => CanReach(path));

    /// <summary>Whether another user can reach this path; one that is null or does not exist is no hindrance.</summary>
    public static bool CanReach(string? path)
    {
        if (path is null || OperatingSystem.IsWindows())
            return true;
        for (var at = new DirectoryInfo(path); at is not null; at = at.Parent)
        {
            if (at.Exists && !at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return false;
        }
        return true;
    }

    /// <summary>The beginning of a command line that becomes that user, without capabilities.</summary>
    /// <param name="task">Whose user.</param>
    /// <param name="readsAll">
    /// Keeps the capability to pass through and read what the user may not, for a tier that has rules of its own for that.
    /// </param>
    public static IEnumerable<string> Become(SandboxTask task, bool readsAll)
    {
        var user = $"{Of(task.TenantId)}";
        var kept = readsAll ? ",+dac_read_search" : "";
        yield return "--reuid";
        yield return user;
        yield return "--regid";
        yield return user;
        yield return "--clear-groups";
        yield return "--bounding-set";
        yield return "-all" + kept;
        yield return "--inh-caps";
        yield return "-all" + kept;
        yield return "--ambient-caps";
        yield return "-all" + kept;
    }
}
