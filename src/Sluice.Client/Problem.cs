using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Client;

/// <summary>What a refusal says, in any of the server's dialects: problem+json, problem+json with an <c>error</c> object
/// beside, or the bare <c>{"error":"unauthorized"}</c>.</summary>
internal sealed record Problem
{
    public string? Title { get; init; }
    public string? Code { get; init; }
    public string? Detail { get; init; }
    public string? RequestId { get; init; }
    public string? MissingScope { get; init; }
    public IReadOnlyList<RefusedMistake>? Mistakes { get; init; }
    public RunError? Error { get; init; }

    /// <summary>The <c>error</c> member when it is a word and no object.</summary>
    public string? Word { get; init; }

    /// <exception cref="JsonException">The bytes are no JSON object of that kind.</exception>
    public static Problem? Read(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return null;
        if (
            document.RootElement.TryGetProperty("error", out var error)
            && error.ValueKind == JsonValueKind.String
        )
            return new Problem
            {
                Word = error.GetString(),
                Detail =
                    document.RootElement.TryGetProperty("error_description", out var description)
                    && description.ValueKind == JsonValueKind.String
                        ? description.GetString()
                        : null,
            };
        return document.RootElement.Deserialize(ProblemJson.Default.Problem);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
