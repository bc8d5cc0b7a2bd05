using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages;

/// <summary>What a package was checked for, and what came of it.</summary>
public sealed record ValidationReport
{
    /// <summary>True when no check failed; warnings do not count.</summary>
    public required bool Passed { get; init; }

    /// <summary>In the order manifest, messages, files, handlers, tests, secrets.</summary>
    public required IReadOnlyList<ValidationCheck> Checks { get; init; }

    /// <summary>The same findings with their positions, for whoever shows them beside the text.</summary>
    [JsonIgnore]
    public IReadOnlyList<Mistake> Mistakes { get; init; } = [];

    /// <summary>Null when it could not be read.</summary>
    [JsonIgnore]
    public Manifest? Manifest { get; init; }

    /// <summary>Null when the messages do not compile.</summary>
    [JsonIgnore]
    public Schema? Schema { get; init; }

    /// <summary><c>{"passed", "checks": [{"category", "name", "ok", "warning", "detail"}]}</c> in UTF-8.</summary>
    public byte[] ToJson() =>
        JsonSerializer.SerializeToUtf8Bytes(this, ValidationJson.Default.ValidationReport);
}

/// <summary>One thing that was checked.</summary>
/// <param name="Category">manifest, messages, files, handlers, tests or secrets.</param>
/// <param name="Name">What was checked: a file, a node, a secret.</param>
/// <param name="Ok">True when all is well.</param>
/// <param name="Warning">With <paramref name="Ok"/> false: the package passes all the same.</param>
/// <param name="Detail">What was found; empty when all is well.</param>
public sealed record ValidationCheck(
    string Category,
    string Name,
    bool Ok,
    bool Warning,
    string Detail
);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ValidationReport))]
internal sealed partial class ValidationJson : JsonSerializerContext;
