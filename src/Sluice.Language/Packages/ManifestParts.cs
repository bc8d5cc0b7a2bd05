using System.Text.RegularExpressions;
using Sluice.Language.Documents;

namespace Sluice.Language.Packages;

/// <summary>The parts of a manifest that few packages use: imports, env, build.</summary>
internal static partial class ManifestParts
{
    private const int MostHosts = 50;
    private static readonly TimeSpan LongestBuild = TimeSpan.FromMinutes(30);

    public static List<ManifestImport> Imports(MapReader map)
    {
        var imports = new List<ManifestImport>();
        foreach (var item in map.List("imports"))
        {
            if (MapReader.Over(item, "an import", "manifest", map.Mistakes) is not { } entry)
                continue;
            var name = entry.Text("package", required: true);
            var version = entry.Text("version", required: true);
            var messages = Messages(entry);
            entry.Finish(warnings: true);
            if (name is null || version is null)
                continue;
            if (!PackageReference.TryParse($"{name.Text}@{version.Text}", out var package))
                map.Mistakes.Add(
                    "manifest_import",
                    "An import is expected to name a `handle/package-name` and one exact version such as 1.2.0.",
                    NameRules.IsPackageName(name.Text) ? version : name
                );
            else if (imports.Exists(i => i.Package.Name == package.Name))
                map.Mistakes.Add(
                    "manifest_duplicate_import",
                    $"`{package.Name}` is imported already; a package is imported once.",
                    name
                );
            else
                imports.Add(new ManifestImport(package, messages, item.Line, item.Column));
        }
        return imports;
    }

    private static List<string> Messages(MapReader entry)
    {
        var messages = new List<string>();
        foreach (var message in entry.Texts("messages"))
            if (NameRules.IsMessageName(message.Text))
                messages.Add(message.Text);
            else
                entry.Mistakes.Add(
                    "manifest_import",
                    $"`{Shown.Text(message.Text)}` is no name of a message.",
                    message
                );
        return messages;
    }

    public static List<ManifestEnv> Env(MapReader map)
    {
        var all = new List<ManifestEnv>();
        foreach (var item in map.List("env"))
        {
            if (MapReader.Over(item, "a parameter", "manifest", map.Mistakes) is not { } entry)
                continue;
            var name = entry.Text("name", required: true);
            var env = new ManifestEnv(
                name?.Text ?? "",
                entry.Text("description")?.Text ?? "",
                entry.Flag("required"),
                entry.Flag("secret"),
                entry.Text("default")?.Text
            );
            entry.Finish(warnings: true);
            if (name is not null && !NameRules.IsSecretName(env.Name))
                map.Mistakes.Add(
                    "manifest_env_name",
                    $"`{Shown.Text(env.Name)}` is no name of a parameter: letters, digits and `_`, not starting with a digit.",
                    name
                );
            else if (name is not null && all.Exists(e => e.Name == env.Name))
                map.Mistakes.Add(
                    "manifest_duplicate_env",
                    $"There is a parameter named `{env.Name}` already.",
                    name
                );
            if (env is { Secret: true, Default: not null })
                map.Mistakes.Warn(
                    "manifest_secret_default",
                    $"`{Shown.Text(env.Name)}` is a secret, yet its default stands here for everyone to read.",
                    item.Line,
                    item.Column
                );
            all.Add(env);
        }
        return all;
    }

    public static ManifestBuild Build(MapReader map)
    {
        if (map.Inner("build") is not { } entry)
            return new ManifestBuild();
        var build = new ManifestBuild
        {
            Dockerfile = Dockerfile(entry),
            SystemDeps = Matching(
                entry,
                "system_deps",
                DebianPattern(),
                "the name of a Debian package"
            ),
            NugetDeps = Matching(entry, "nuget_deps", NugetPattern(), "`Id:Version`"),
            MavenDeps = Matching(entry, "maven_deps", MavenPattern(), "`group:artifact:version`"),
            Timeout = Timeout(entry),
        };
        entry.Finish(warnings: true);
        return build;
    }

    public static List<EgressHost> Egress(MapReader map)
    {
        var hosts = new List<EgressHost>();
        foreach (var text in map.Texts("egress"))
            if (!EgressHost.TryParse(text.Text, out var host))
                map.Mistakes.Add(
                    "manifest_egress",
                    $"An item of `egress` is expected to be a host by name and its port, such as api.example.com:443 or *.example.com:443, not `{Shown.Text(text.Text)}`.",
                    text
                );
            else if (hosts.Count == MostHosts)
                map.Mistakes.Add(
                    "manifest_egress",
                    $"A package asks for at most {MostHosts} hosts.",
                    text
                );
            else if (!hosts.Contains(host))
                hosts.Add(host);
        return hosts;
    }

    private static string? Dockerfile(MapReader entry)
    {
        if (entry.Text("dockerfile") is not { } path)
            return null;
        if (PackagePath.Fault(path.Text) is { } fault)
            entry.Mistakes.Add("manifest_dockerfile", $"`dockerfile` {fault}.", path);
        return path.Text;
    }

    private static List<string> Matching(MapReader entry, string key, Regex pattern, string shape)
    {
        var fitting = new List<string>();
        foreach (var text in entry.Texts(key))
            if (text.Text.Length <= 200 && pattern.IsMatch(text.Text))
                fitting.Add(text.Text);
            else
                entry.Mistakes.Add(
                    $"manifest_{key}",
                    $"An item of `{key}` is expected to be {shape}, not `{Shown.Text(text.Text)}`.",
                    text
                );
        return fitting;
    }

    private static TimeSpan Timeout(MapReader entry)
    {
        var fallback = new ManifestBuild().Timeout;
        if (entry.Text("timeout") is not { } text)
            return fallback;
        var match = DurationPattern().Match(text.Text);
        if (!match.Success || text.Text.Length == 0)
        {
            entry.Mistakes.Add(
                "manifest_timeout",
                $"`timeout` is expected to be a duration such as 90s or 15m, not `{Shown.Text(text.Text)}`.",
                text
            );
            return fallback;
        }
        var timeout =
            TimeSpan.FromHours(Part("h"))
            + TimeSpan.FromMinutes(Part("m"))
            + TimeSpan.FromSeconds(Part("s"));
        if (timeout >= TimeSpan.FromSeconds(1) && timeout <= LongestBuild)
            return timeout;
        entry.Mistakes.Warn(
            "manifest_timeout",
            "A build may take 1 second to 30 minutes; the nearest of these applies.",
            text.Line,
            text.Column
        );
        return timeout < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : LongestBuild;

        int Part(string unit) =>
            match.Groups[unit] is { Success: true } group
                ? int.Parse(group.ValueSpan, System.Globalization.CultureInfo.InvariantCulture)
                : 0;
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9+.-]+\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DebianPattern();

    [GeneratedRegex(
        @"^[A-Za-z0-9_][A-Za-z0-9_.-]*:[0-9][0-9A-Za-z.+-]*\z",
        RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex NugetPattern();

    [GeneratedRegex(
        @"^[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:[0-9A-Za-z][0-9A-Za-z._+-]*\z",
        RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex MavenPattern();

    [GeneratedRegex(
        @"^((?<h>[0-9]{1,4})h)?((?<m>[0-9]{1,6})m)?((?<s>[0-9]{1,8})s)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex DurationPattern();
}
