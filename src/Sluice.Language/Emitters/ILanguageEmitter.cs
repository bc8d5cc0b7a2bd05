using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Emitters;

/// <summary>Writes what a package of one language gets generated: message classes, the context, the table of nodes.</summary>
internal interface ILanguageEmitter
{
    /// <summary>The word that a manifest uses for the language.</summary>
    string Language { get; }

    /// <summary>All generated files, by path within the package. Equal input gives equal output.</summary>
    IReadOnlyList<GeneratedFile> Emit(Manifest manifest, Schema schema);
}
