using Sluice.Language.Emitters;
using Sluice.Language.Emitters.Python;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages;

/// <summary>Writes the folder <c>gen/</c> of a package: classes for its messages, the context, the table of its nodes.</summary>
public static class PackageGenerator
{
    private static readonly ILanguageEmitter[] Emitters = [new PythonEmitter()];

    /// <summary>True when <see cref="Generate"/> knows the language.</summary>
    public static bool Knows(string language) =>
        Array.Exists(Emitters, e => e.Language == language);

    /// <summary>All generated files; equal input gives equal output. None for a package that holds messages alone.</summary>
    /// <exception cref="ArgumentException">The language is not known.</exception>
    public static IReadOnlyList<GeneratedFile> Generate(Manifest manifest, Schema schema)
    {
        if (manifest.IsProtoOnly)
            return [];
        var emitter =
            Array.Find(Emitters, e => e.Language == manifest.Language)
            ?? throw new ArgumentException(
                $"No code is generated for {manifest.Language}.",
                nameof(manifest)
            );
        return emitter.Emit(manifest, schema);
    }
}
