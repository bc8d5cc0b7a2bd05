using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows;

/// <summary>What a resolver found for a package reference.</summary>
/// <param name="Digest">Identifies the bytes of the package; frozen into the graph.</param>
public sealed record ResolvedPackage(string Digest, Manifest Manifest, Schema Schema);
