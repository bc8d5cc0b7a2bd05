using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>A placement with what its names were found to mean.</summary>
internal sealed record Placed(FlowPlacement Placement, MessageType Input, MessageType Output)
{
    /// <summary>Null for a subflow.</summary>
    public ResolvedPackage? Package { get; init; }

    /// <summary>Null for a subflow.</summary>
    public ManifestNode? Node { get; init; }

    public GraphNode ToGraph() =>
        new()
        {
            Alias = Placement.Alias,
            Package = Placement.Package.Name,
            Version = Placement.Package.Version,
            Digest = Package?.Digest ?? "",
            Language = Package?.Manifest.Language ?? "",
            Node = Node?.Name ?? "",
            Pipeline = Node?.Type == NodeType.Pipeline ? true : null,
            InputType = Input.FullName,
            OutputType = Output.FullName,
            RequiredSecrets = Node?.RequiredSecrets ?? [],
            Egress = Package is { Manifest.Egress: { Count: > 0 } egress }
                ? [.. egress.Select(host => host.ToString())]
                : null,
            Subflow = Placement.Subflow,
            Join = Placement.Join,
            Compose = ComposeCheck.ToGraph(Placement.Compose),
            Retry = Placement.Retry,
            TimeoutMs = Placement.TimeoutMs,
            Compensate = Placement.Compensate,
        };

    public GraphPackage ToGraphPackage() =>
        new()
        {
            Name = Placement.Package.Name,
            Version = Placement.Package.Version,
            Digest = Package!.Digest,
            SchemaFingerprint = Package.Schema.Fingerprint,
            Protos = new SortedDictionary<string, string>(
                Package.Schema.Sources.ToDictionary(),
                StringComparer.Ordinal
            ),
        };
}
