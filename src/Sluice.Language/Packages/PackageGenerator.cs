using Sluice.Language.Emitters;
using Sluice.Language.Emitters.CSharp;
using Sluice.Language.Emitters.Go;
using Sluice.Language.Emitters.Java;
using Sluice.Language.Emitters.Python;
using Sluice.Language.Emitters.Rust;
using Sluice.Language.Emitters.TypeScript;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages;

/// <summary>Generates a package's message classes, context and table of nodes.</summary>
public static class PackageGenerator
{
    private static readonly Dictionary<string, ILanguageEmitter> Emitters = new ILanguageEmitter[]
    {
        new PythonEmitter(),
        new CSharpEmitter(),
        new TypeScriptEmitter(),
        new GoEmitter(),
        new RustEmitter(),
        new JavaEmitter(),
    }.ToDictionary(e => e.Language);

    /// <summary>Whether packages of this language can be generated.</summary>
    public static bool Supports(string language) => Emitters.ContainsKey(language);

    /// <summary>All files; equal input gives equal output. None for a package that holds messages alone.</summary>
    /// <exception cref="ArgumentException">The manifest's language is not supported: ask <see cref="Supports"/> first.</exception>
    public static IReadOnlyList<GeneratedFile> Generate(Manifest manifest, Schema schema) =>
        manifest.IsProtoOnly ? []
        : Emitters.TryGetValue(manifest.Language, out var emitter) ? emitter.Emit(manifest, schema)
        : throw new ArgumentException(
            $"The language {manifest.Language} is not supported.",
            nameof(manifest)
        );
}
