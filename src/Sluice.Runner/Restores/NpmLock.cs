using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Language.Packages.Dependencies;

namespace Sluice.Runner.Restores;

/// <summary>A <c>package-lock.json</c>: what it may say, and what it says.</summary>
internal static class NpmLock
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>
    /// The lock as npm is to follow it: the hashes stay and the addresses go, so that everything comes from the
    /// operator's source, whatever the author's registry was.
    /// </summary>
    /// <returns>The text, null for none; or what is wrong as a public sentence.</returns>
    public static (string? Text, string? Wrong) Prepare(string? text)
    {
        if (text is null)
            return (null, null);
        if (Parse(Encoding.UTF8.GetBytes(text)) is not { } root)
            return (null, "package-lock.json is not valid JSON.");
        if (root["packages"] is not JsonObject packages)
            return (
                null,
                "package-lock.json is of a form that npm 6 wrote: make it again with npm 7 or newer (npm install --package-lock-only)."
            );
        foreach (var (path, entry) in packages)
        {
            if (path.Length == 0 || entry is not JsonObject package)
                continue;
            if (
                !path.StartsWith("node_modules/", StringComparison.Ordinal)
                || package["link"] is not null
            )
                return (
                    null,
                    $"package-lock.json asks for {Short(path)}, which is a folder or a link; only packages of the registry are served."
                );
            var isBundled =
                package["inBundle"] is JsonValue inside && inside.TryGetValue(out bool yes) && yes;
            if (!isBundled && Hash(package) is null)
                return (
                    null,
                    $"package-lock.json has no hash for {Short(path)}: it does not come from a registry, or the lock is damaged. Make it again (npm install --package-lock-only)."
                );
            package.Remove("resolved");
        }
        return (root.ToJsonString(s_indented), null);
    }

    /// <summary>What a lock that npm wrote says; null when it says nothing of use.</summary>
    public static DependencyLock? Read(byte[] text)
    {
        if (Parse(text) is not { } root || root["packages"] is not JsonObject packages)
            return null;
        List<LockedDependency> all = [];
        foreach (var (path, entry) in packages)
        {
            if (path.Length == 0 || entry is not JsonObject package)
                continue;
            package.Remove("resolved");
            all.Add(
                new LockedDependency(path, Word(package, "version") ?? "", Hash(package) ?? "")
                {
                    Development = Yes(package, "dev") || Yes(package, "devOptional"),
                }
            );
        }
        return new DependencyLock
        {
            Kind = DependencyKinds.Npm,
            Asked = "",
            Packages = all,
            File = root.ToJsonString(s_indented) + "\n",
        };
    }

    /// <summary>Each folder of a package that a path lies in, with its final <c>/</c>.</summary>
    public static IEnumerable<string> Folders(string path)
    {
        for (var at = path.IndexOf('/'); at >= 0; at = path.IndexOf('/', at + 1))
            yield return path[..(at + 1)];
    }

    private static JsonObject? Parse(byte[] text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static string? Hash(JsonObject package) => Word(package, "integrity");

    private static string? Word(JsonObject package, string key) =>
        package[key] is JsonValue value && value.TryGetValue(out string? word) ? word : null;

    private static bool Yes(JsonObject package, string key) =>
        package[key] is JsonValue value && value.TryGetValue(out bool yes) && yes;

    private static string Short(string path) => path.Length <= 100 ? path : path[..100] + "…";
}
