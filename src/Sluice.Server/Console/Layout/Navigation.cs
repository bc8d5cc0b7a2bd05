using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Layout;

/// <summary>The sections of the console that a person may see; one that its role may not read is left out.</summary>
internal static class Navigation
{
    internal sealed record Entry(string Path, string Name, string Icon, Scopes Needs);

    internal sealed record Group(string Id, string Name, IReadOnlyList<Entry> Entries);

    // csharpier-ignore-start
    private static readonly Group[] All =
    [
        new("nav-work", "Work",
        [
            new("/console", "Home", "home", Scopes.None),
            new("/console/flows", "Flows", "flow", Scopes.FlowsRead),
            new("/console/runs", "Runs", "run", Scopes.RunsRead),
            new("/console/packages", "Packages", "package", Scopes.FlowsRead),
            new("/console/memory", "Memory", "memory", Scopes.RunsRead),
        ]),
        new("nav-access", "Access",
        [
            new("/console/api-keys", "API Keys", "key", Scopes.KeysRead),
            new("/console/secrets", "Secrets", "lock", Scopes.SecretsRead),
            new("/console/flow-configs", "Flow Configs", "config", Scopes.FlowsRead),
            new("/console/usage", "Usage", "chart", Scopes.UsageRead),
        ]),
        new("nav-organisation", "Organisation",
        [
            new("/console/service-accounts", "Service accounts", "robot", Scopes.Admin),
            new("/console/members", "Members", "people", Scopes.Admin),
            new("/console/audit", "Audit log", "clock", Scopes.AuditRead),
            new("/console/license", "License and nodes", "license", Scopes.Admin),
            new("/console/settings", "Settings", "settings", Scopes.Admin),
        ]),
    ];
    // csharpier-ignore-end

    public static IEnumerable<Group> For(Visit visit) =>
        All.Select(group =>
                group with
                {
                    Entries = [.. group.Entries.Where(entry => visit.May(entry.Needs))],
                }
            )
            .Where(group => group.Entries.Count > 0);
}
