using System.Collections.Concurrent;
using Sluice.Language;

namespace Sluice.Server.Vocabulary;

/// <summary>A right, as a bit; the wire names are those of <c>spec/access.md</c> (seed 003's <c>workflows:*</c> are read as <c>flows:*</c>).</summary>
[Flags]
internal enum Scopes
{
    None = 0,
    FlowsRead = 1 << 0,
    FlowsWrite = 1 << 1,
    RunsRead = 1 << 2,
    RunsWrite = 1 << 3,
    SecretsRead = 1 << 4,
    SecretsWrite = 1 << 5,
    KeysRead = 1 << 6,
    KeysWrite = 1 << 7,
    UsageRead = 1 << 8,
    AuditRead = 1 << 9,
    PoliciesRead = 1 << 10,
    PoliciesWrite = 1 << 11,
    SsoConfigure = 1 << 12,
    ScimWrite = 1 << 13,
    Admin = 1 << 14,
    All = (1 << 15) - 1,
}

/// <summary>The wire names of scopes, and which scopes a role has.</summary>
internal static class ScopeNames
{
    private const int MostKnown = 1000;

    /// <summary>Sets whose names were asked for: most keys have one of a few.</summary>
    private static readonly ConcurrentDictionary<Scopes, IReadOnlyList<string>> Known = new();

    private static readonly (Scopes Scope, string Name)[] Table =
    [
        (Scopes.FlowsRead, "flows:read"),
        (Scopes.FlowsWrite, "flows:write"),
        (Scopes.RunsRead, "runs:read"),
        (Scopes.RunsWrite, "runs:write"),
        (Scopes.SecretsRead, "secrets:read"),
        (Scopes.SecretsWrite, "secrets:write"),
        (Scopes.KeysRead, "keys:read"),
        (Scopes.KeysWrite, "keys:write"),
        (Scopes.UsageRead, "usage:read"),
        (Scopes.AuditRead, "audit:read"),
        (Scopes.PoliciesRead, "policies:read"),
        (Scopes.PoliciesWrite, "policies:write"),
        (Scopes.SsoConfigure, "sso:configure"),
        (Scopes.ScimWrite, "scim:write"),
        (Scopes.Admin, "admin"),
    ];

    /// <summary>Every name, in the order of <c>spec/access.md</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(row => row.Name)];

    /// <summary>The scope with this name, or null. <c>workflows:read</c> and <c>workflows:write</c> are the flow scopes.</summary>
    public static Scopes? Parse(string name)
    {
        var known = name.StartsWith("workflows:", StringComparison.Ordinal)
            ? string.Concat("flows:", name.AsSpan(10))
            : name;
        foreach (var (scope, text) in Table)
        {
            if (text == known)
                return scope;
        }
        return null;
    }

    /// <summary>The set of a list of names; null for no list. Unknown names, and an empty list, are mistakes.</summary>
    /// <param name="names">As a caller wrote them: JSON lets one be null.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    public static Scopes? Read(IReadOnlyList<string?>? names, List<Mistake> mistakes)
    {
        if (names is null)
            return null;
        var set = Scopes.None;
        foreach (var name in names)
        {
            if (name is not null && Parse(name) is { } scope)
                set |= scope;
            else
                mistakes.Add(
                    new Mistake(
                        "scope",
                        $"'{Clip(name ?? "null")}' is not a scope; known are {string.Join(", ", All)}",
                        Where: "scopes"
                    )
                );
        }
        if (names.Count == 0)
            mistakes.Add(
                new Mistake(
                    "scope",
                    "scopes is empty; leave it out for all that the owner may do, or name some",
                    Where: "scopes"
                )
            );
        return set;
    }

    private static string Clip(string text) =>
        text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    /// <summary>The names in a set, in the table's order.</summary>
    public static IReadOnlyList<string> Names(Scopes set)
    {
        if (Known.TryGetValue(set, out var names))
            return names;
        names = [.. Table.Where(row => set.HasFlag(row.Scope)).Select(row => row.Name)];
        // There are more sets than anybody uses.
        return Known.Count < MostKnown ? Known.GetOrAdd(set, names) : names;
    }

    /// <summary>What a member with this role may do (<c>spec/access.md</c>, table of roles); nothing for an unknown role.</summary>
    public static Scopes OfRole(string role) =>
        role switch
        {
            "owner" or "admin" => Scopes.All & ~Scopes.ScimWrite,
            "policy_admin" => Scopes.PoliciesRead
                | Scopes.PoliciesWrite
                | Scopes.AuditRead
                | Scopes.UsageRead
                | Scopes.FlowsRead
                | Scopes.RunsRead
                | Scopes.SecretsRead
                | Scopes.KeysRead,
            "developer" => Scopes.FlowsRead
                | Scopes.FlowsWrite
                | Scopes.RunsRead
                | Scopes.RunsWrite
                | Scopes.SecretsRead
                | Scopes.SecretsWrite
                | Scopes.KeysRead
                | Scopes.KeysWrite
                | Scopes.UsageRead
                | Scopes.PoliciesRead,
            "viewer" => Scopes.FlowsRead | Scopes.RunsRead | Scopes.UsageRead,
            _ => Scopes.None,
        };
}
