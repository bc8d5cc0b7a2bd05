using Sluice.Language;
using Sluice.Server.Flows.Configs;

namespace Sluice.Server.Console.Configs;

/// <summary>The fields of a config's form, as the request of the act.</summary>
internal static class ConfigFields
{
    public const string Param = "param_name";
    public const string Value = "param_value";

    /// <summary>Rows for parameters that a form has beyond those that are there.</summary>
    public const int FreeRows = 3;

    public static SaveConfig.Request Read(Posted posted, List<Mistake> mistakes) =>
        new()
        {
            Flow = posted.Text("flow"),
            Name = posted.Text("name"),
            NodeTimeoutSeconds = posted.Number("node_timeout_seconds", mistakes),
            Params = Params(posted, mistakes),
            Concurrency = Limit(posted, "concurrency", mistakes),
            ConcurrencyPerKey = Limit(posted, "concurrency_per_key", mistakes),
        };

    /// <summary>The rows that have a name; a row whose name is emptied is a parameter less.</summary>
    private static Dictionary<string, string> Params(Posted posted, List<Mistake> mistakes)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var row = 0; posted.HasField($"{Param}_{row}"); row++)
        {
            var value = posted[$"{Value}_{row}"];
            if (posted.Text($"{Param}_{row}") is not { } name)
            {
                if (value.Length > 0)
                    mistakes.Add(
                        new Mistake("param_name", "a value has no name beside it", Where: "params")
                    );
            }
            else if (!found.TryAdd(name, value))
            {
                mistakes.Add(new Mistake("param_name", $"{name} is there twice", Where: "params"));
            }
        }
        return found;
    }

    private static Concurrency? Limit(Posted posted, string name, List<Mistake> mistakes) =>
        posted.Number($"{name}.limit", mistakes) is { } limit
            ? new Concurrency
            {
                Limit = (int)Math.Clamp(limit, int.MinValue, int.MaxValue),
                Policy = posted.Text($"{name}.policy"),
            }
            : null;
}
