namespace Sluice.Language.Packages;

/// <summary>What a package says about itself in <c>sluice.yaml</c>. Read by <see cref="ManifestReader"/>, which checks every rule.</summary>
public sealed record Manifest
{
    /// <summary><c>handle/package-name</c>, for example <c>demo/greeter</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A semantic version, for example <c>0.1.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>One of <see cref="PackageLanguages.All"/>.</summary>
    public required string Language { get; init; }

    /// <summary><c>proto-only</c> for a package that holds messages alone; else null.</summary>
    public string? Type { get; init; }

    public string Description { get; init; } = "";

    public string Author { get; init; } = "";

    public string License { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>In the order of the file; names are unique, as files too.</summary>
    public IReadOnlyList<ManifestNode> Nodes { get; init; } = [];

    public IReadOnlyList<ManifestImport> Imports { get; init; } = [];

    public IReadOnlyList<ManifestEnv> Env { get; init; } = [];

    public ManifestBuild Build { get; init; } = new();

    /// <summary>Hosts that its nodes want to connect to; the operator decides.</summary>
    public IReadOnlyList<EgressHost> Egress { get; init; } = [];

    /// <summary>The part of <see cref="Name"/> before the slash: the handle of the tenant that owns the package.</summary>
    public string Handle => Name[..Name.IndexOf('/')];

    /// <summary>The part of <see cref="Name"/> after the slash.</summary>
    public string ShortName => Name[(Name.IndexOf('/') + 1)..];

    /// <summary>Name and version in one.</summary>
    public PackageReference Reference => new(Name, Version);

    public bool IsProtoOnly => Type is not null;

    /// <summary>The node with this name, or null.</summary>
    public ManifestNode? Node(string name) => Nodes.FirstOrDefault(n => n.Name == name);
}

/// <summary>A typed handler of a package.</summary>
public sealed record ManifestNode
{
    /// <summary>In PascalCase, for example <c>Greet</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The message that goes in: a simple or a full name.</summary>
    public required string Input { get; init; }

    /// <summary>The message that comes out: a simple or a full name.</summary>
    public required string Output { get; init; }

    public NodeType Type { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Names of the secrets that the handler reads. Information for people; nothing is enforced by it.</summary>
    public IReadOnlyList<string> RequiredSecrets { get; init; } = [];

    /// <summary>Where the entry stands in the manifest, counted from 1.</summary>
    public int Line { get; init; }

    /// <summary>Where the entry stands in the manifest, counted from 1.</summary>
    public int Column { get; init; }
}

public enum NodeType
{
    /// <summary>One message in, one message out.</summary>
    Unary,

    /// <summary>A stream of messages in, a stream of messages out.</summary>
    Pipeline,
}

/// <summary>Messages taken from another package, pinned to one version.</summary>
public sealed record ManifestImport(
    PackageReference Package,
    IReadOnlyList<string> Messages,
    int Line,
    int Column
);

/// <summary>A parameter that the package reads.</summary>
public sealed record ManifestEnv(
    string Name,
    string Description,
    bool Required,
    bool Secret,
    string? Default
);

/// <summary>What the build of the package needs beyond its files.</summary>
public sealed record ManifestBuild
{
    /// <summary>Path of a Dockerfile within the package, or null.</summary>
    public string? Dockerfile { get; init; }

    /// <summary>Names of Debian packages.</summary>
    public IReadOnlyList<string> SystemDeps { get; init; } = [];

    /// <summary>Each <c>Id:Version</c>.</summary>
    public IReadOnlyList<string> NugetDeps { get; init; } = [];

    /// <summary>Each <c>group:artifact:version</c>.</summary>
    public IReadOnlyList<string> MavenDeps { get; init; } = [];

    /// <summary>How long a build may take; 1 second to 30 minutes, 15 minutes when nothing is said.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>The languages that a node can be written in, by the words that a manifest uses.</summary>
public static class PackageLanguages
{
    public const string Python = "python";
    public const string CSharp = "csharp";
    public const string Go = "go";
    public const string TypeScript = "typescript";
    public const string Rust = "rust";
    public const string Java = "java";

    public static IReadOnlyList<string> All { get; } = [Go, Python, Rust, Java, TypeScript, CSharp];
}
