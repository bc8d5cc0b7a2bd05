namespace Sluice.Server.Licenses;

/// <summary>What a tier brings, unless a license says otherwise.</summary>
/// <param name="Name">As people and the API write it.</param>
/// <param name="Code">As the short form of a license key writes it; empty: it cannot be bought.</param>
/// <param name="MaxNodes">Most nodes; null: any number.</param>
/// <param name="Features">Words of what it opens, each tier those of the one below, too.</param>
/// <param name="RateLimit">Calls a minute with a license key; null where there is none.</param>
internal sealed record LicenseTier(
    string Name,
    string Code,
    int? MaxNodes,
    IReadOnlyList<string> Features,
    int? RateLimit
)
{
    // csharpier-ignore-start
    public static readonly IReadOnlyList<LicenseTier> All =
    [
        new("Community",       "",     2,    [],                                                                                    null),
        new("Professional",    "PRO",  10,   [],                                                                                    100),
        new("Enterprise",      "ENT",  50,   ["multi_tenant", "advanced_policies", "sla", "custom_connectors"],                     500),
        new("Enterprise Plus", "PLUS", null, ["multi_tenant", "advanced_policies", "sla", "custom_connectors", "unlimited_nodes"],  1000),
    ];
    // csharpier-ignore-end

    public static LicenseTier Community => All[0];

    /// <summary>By name or code, whatever its case and spaces: <c>enterprise-plus</c> is Enterprise Plus. Null when there is none.</summary>
    public static LicenseTier? Find(string? text)
    {
        var word = Plain(text ?? "");
        return word.Length == 0
            ? null
            : All.FirstOrDefault(tier => Plain(tier.Name) == word || Plain(tier.Code) == word);
    }

    private static string Plain(string text) =>
        new([.. text.Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant)]);
}
