using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Language;

namespace Sluice.Server.Flows.Configs;

/// <summary>How many runs may run at once, and what becomes of the next one.</summary>
internal sealed record RunLimit
{
    public const string Queue = "queue";
    public const string Drop = "drop";
    public const string Replace = "replace";
    public const int Most = 10_000;

    /// <summary>True: runs of one flow are counted; false: all of the tenant's in the environment.</summary>
    public bool OfFlow { get; init; }

    /// <summary>True: the runs of each API key are counted for themselves.</summary>
    public bool PerKey { get; init; }

    /// <summary>1 to 10000.</summary>
    public required int Limit { get; init; }

    /// <summary><see cref="Queue"/>: it waits; <see cref="Drop"/>: it is refused; <see cref="Replace"/>: the oldest is cancelled.</summary>
    public required string Policy { get; init; }

    public static IReadOnlyList<RunLimit> Read(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, RunLimitJson.Default.RunLimitArray)!;

    public static string? Write(IReadOnlyList<RunLimit> limits) =>
        limits.Count == 0
            ? null
            : JsonSerializer.Serialize([.. limits], RunLimitJson.Default.RunLimitArray);
}

/// <summary>A limit as an author writes it into a config.</summary>
internal sealed record Concurrency
{
    /// <summary>Runs at once, 1 to 10000.</summary>
    public int Limit { get; init; }

    /// <summary><c>queue</c> (default: the next run waits), <c>drop</c> (it is refused) or <c>replace</c> (the oldest is cancelled).</summary>
    public string? Policy { get; init; }

    public static Concurrency? Read(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, RunLimitJson.Default.Concurrency);

    public string Write() => JsonSerializer.Serialize(this, RunLimitJson.Default.Concurrency);

    public RunLimit ToLimit(bool ofFlow, bool perKey) =>
        new()
        {
            OfFlow = ofFlow,
            PerKey = perKey,
            Limit = Limit,
            Policy = Policy ?? RunLimit.Queue,
        };

    public IEnumerable<Mistake> Mistakes(string where)
    {
        if (Limit is < 1 or > RunLimit.Most)
            yield return new Mistake(
                "out_of_range",
                $"limit is a whole number from 1 to {RunLimit.Most}",
                Where: $"{where}.limit"
            );
        if (Policy is not (null or RunLimit.Queue or RunLimit.Drop or RunLimit.Replace))
            yield return new Mistake(
                "policy",
                "policy is queue, drop or replace",
                Where: $"{where}.policy"
            );
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunLimit[]))]
[JsonSerializable(typeof(Concurrency))]
internal sealed partial class RunLimitJson : JsonSerializerContext;
