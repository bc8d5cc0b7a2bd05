using Sluice.Runner.Restores;

namespace Sluice.Server.Runners;

/// <summary>Reads the section <c>Packages</c>: where the dependencies of packages come from; see <see cref="RestoreOptions"/>.</summary>
internal static class RestoreSettings
{
    private static readonly string[] s_kinds = ["Npm", "NuGet", "PyPi", "Go", "Cargo", "Maven"];

    /// <exception cref="InvalidOperationException">A source is named that there is none of, so that a slip of the pen is no silent default.</exception>
    public static RestoreOptions Read(IConfigurationSection section)
    {
        var sources = section.GetSection("Sources");
        if (
            sources
                .GetChildren()
                .FirstOrDefault(each =>
                    !s_kinds.Contains(each.Key, StringComparer.OrdinalIgnoreCase)
                ) is
            { } odd
        )
            throw new InvalidOperationException(
                $"There is no setting {odd.Path}: sources are {string.Join(", ", s_kinds)}."
            );
        var defaults = new RestoreOptions();
        return defaults with
        {
            Sources = s_kinds.ToDictionary(
                kind => kind.ToLowerInvariant(),
                kind => Source(sources.GetSection(kind))
            ),
            Proxy = section.GetValue<Uri?>("Proxy"),
            MaxDownload = section.GetValue("MaxDownload", defaults.MaxDownload),
            MaxSize = section.GetValue("MaxDependencySize", defaults.MaxSize),
            MaxPackages = section.GetValue("MaxDependencies", defaults.MaxPackages),
            Deadline = section.GetValue("RestoreTimeout", defaults.Deadline),
            CacheSize = section.GetValue("DownloadCache", defaults.CacheSize),
        };
    }

    private static SourceOptions Source(IConfigurationSection section) =>
        new()
        {
            Address = section.Value is { Length: > 0 } address ? address : null,
            Hosts = section.GetSection("Hosts").Get<string[]>() ?? [],
            Authorization = section["Authorization"],
        };
}
