namespace Sluice.Runner.Sandbox;

/// <summary>A hierarchy of control groups as this process sees it.</summary>
/// <param name="At">Where it is mounted.</param>
/// <param name="IsVersion2">One hierarchy for all controllers.</param>
/// <param name="Controllers">Version 1: what it controls.</param>
/// <param name="Own">The folder of this process's own group; null when that lies outside of what is mounted.</param>
internal sealed record CgroupMount(
    string At,
    bool IsVersion2,
    IReadOnlyList<string> Controllers,
    string? Own
)
{
    public static IReadOnlyList<CgroupMount> All()
    {
        var own = File.ReadAllLines("/proc/self/cgroup")
            .Select(line => line.Split(':', 3))
            .Where(parts => parts.Length == 3)
            .ToList();
        List<CgroupMount> all = [];
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            // id parent device root at options … - type source controllers
            var halves = line.Split(" - ", 2);
            var (first, second) = (halves[0].Split(' '), halves[^1].Split(' '));
            if (second[0] is not ("cgroup" or "cgroup2"))
                continue;
            var isVersion2 = second[0] == "cgroup2";
            var controllers = isVersion2 ? [] : second[^1].Split(',');
            var path = own.FirstOrDefault(parts =>
                isVersion2
                    ? parts[0] == "0"
                    : parts[1].Length > 0 && parts[1].Split(',').All(controllers.Contains)
            )?[2];
            all.Add(
                new CgroupMount(first[4], isVersion2, controllers, Below(first[4], first[3], path))
            );
        }
        return all;
    }

    /// <summary>A path within the hierarchy, of which only a part may be mounted.</summary>
    private static string? Below(string at, string root, string? path)
    {
        if (path is null || path.StartsWith("/..", StringComparison.Ordinal))
            return null;
        if (root != "/")
        {
            if (path != root && !path.StartsWith(root + "/", StringComparison.Ordinal))
                return null;
            path = path[root.Length..];
        }
        return path.Trim('/') is { Length: > 0 } rest ? Path.Combine(at, rest) : at;
    }
}
