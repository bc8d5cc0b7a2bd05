using System.Text.Json;
using Sluice.Server.Ledger;

namespace Sluice.Server.Flows.Configs;

/// <summary>What the ledger remembers of configs: names of parameters, never their values.</summary>
internal static class ConfigFacts
{
    private const string Kind = "config";

    public static Fact Saved(Config config, bool isNew) =>
        new(isNew ? "config.create" : "config.update", Kind, config.Id)
        {
            ["flow"] = config.Flow,
            ["name"] = config.Name,
            ["environment"] = config.Environment,
            ["node_timeout_seconds"] = config.NodeTimeoutSeconds?.ToString(),
            ["params"] = Names(config.Params),
        };

    public static Fact Deleted(Config config) =>
        new("config.delete", Kind, config.Id)
        {
            ["flow"] = config.Flow,
            ["name"] = config.Name,
            ["environment"] = config.Environment,
        };

    private static string? Names(byte[]? parameters)
    {
        if (parameters is null)
            return null;
        using var json = JsonDocument.Parse(parameters);
        return string.Join(' ', json.RootElement.EnumerateObject().Select(member => member.Name));
    }
}
