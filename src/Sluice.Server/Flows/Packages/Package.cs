using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Server.Flows.Packages;

/// <summary>A pushed and built version of a package.</summary>
internal sealed record Package
{
    /// <summary><c>handle/name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Semantic version 2.0.</summary>
    public required string Version { get; init; }

    public required string Language { get; init; }

    /// <summary>SHA-256 of the built archive, lower-case hex.</summary>
    public required string Digest { get; init; }

    /// <summary>Fingerprint of the message schema, which a version never changes.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The manifest's text.</summary>
    public required string Manifest { get; init; }

    /// <summary>JSON object: path of each proto file and its text.</summary>
    public required string Protos { get; init; }

    public string BuildLog { get; init; } = "";

    /// <summary>The lock of what was taken as dependencies; empty when there are none.</summary>
    public string Dependencies { get; init; } = "";

    public required long CreatedAt { get; init; }

    /// <summary>What the flow compiler needs; both parts were valid when the package was pushed.</summary>
    public ResolvedPackage Resolve() => new(Digest, ReadManifest(), ReadSchema());

    public Manifest ReadManifest() =>
        ManifestReader.Read(Manifest, "sluice.yaml").Value
        ?? throw new InvalidOperationException(
            $"the stored manifest of {Name}@{Version} does not read"
        );

    public Schema ReadSchema() =>
        SchemaCompiler.Compile(ReadProtos()).Value
        ?? throw new InvalidOperationException(
            $"the stored messages of {Name}@{Version} do not compile"
        );

    public Dictionary<string, string> ReadProtos() =>
        JsonSerializer.Deserialize(Protos, ProtoFilesJson.Default.DictionaryStringString)!;
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ProtoFilesJson : JsonSerializerContext;
