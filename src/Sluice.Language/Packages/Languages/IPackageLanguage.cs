using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>What a language expects of a package: where its files lie, how a handler looks, what a new one starts from.</summary>
internal interface IPackageLanguage
{
    /// <summary>One of <see cref="PackageLanguages.All"/>.</summary>
    string Name { get; }

    /// <summary>Files that every package in this language has, whatever its nodes.</summary>
    IReadOnlyList<string> RequiredFiles { get; }

    /// <summary>What git leaves alone in a package, in its own notation: what is generated, and what the language's tools leave behind.</summary>
    IReadOnlyList<string> Ignored { get; }

    /// <summary>What is wrong inside of a required file that is there; null when it is as expected.</summary>
    SourceFault? FileFault(string path, string text, Manifest manifest) => null;

    /// <summary>Why a node cannot have this name, as the rest of a sentence; null when it can.</summary>
    string? NameFault(string node);

    /// <summary>The file that holds the handler of a node.</summary>
    string HandlerPath(string node);

    /// <summary>The file that holds the tests of a node.</summary>
    string TestPath(string node);

    /// <summary>The signature that a handler is expected to have, as a person would write it.</summary>
    string Signature(ManifestNode node, MessageType input, MessageType output);

    /// <summary>Looks for the handler in the text of its file; null when it is there as expected.</summary>
    SourceFault? HandlerFault(
        string text,
        ManifestNode node,
        MessageType input,
        MessageType output
    );

    /// <summary>True when the text of a test file holds at least one test.</summary>
    bool HasTest(string text);

    /// <summary>True for files of the author that may read secrets: no tests, nothing generated.</summary>
    bool IsSource(string path);

    /// <summary>Reads of secrets whose name stands in the text as a literal.</summary>
    IEnumerable<SecretRead> SecretReads(string text);

    /// <summary>The language's own files of a new package.</summary>
    IReadOnlyList<GeneratedFile> InitFiles(Manifest manifest);

    /// <summary>A handler that returns an empty message.</summary>
    GeneratedFile Handler(Manifest manifest, ManifestNode node, Schema schema);

    /// <summary>A test of the handler, with a stand-in for the context.</summary>
    GeneratedFile Test(Manifest manifest, ManifestNode node, Schema schema);
}

/// <summary>Something wrong in a source file; a line of 0 means the file as a whole.</summary>
/// <param name="Warning">True when it may be right all the same, and a scan cannot tell.</param>
internal sealed record SourceFault(
    string Message,
    int Line = 0,
    int Column = 0,
    bool Warning = false
);

/// <summary>A place in a source file where a secret is read.</summary>
internal sealed record SecretRead(string Name, int Line, int Column);

/// <summary>The languages whose packages can be checked and written.</summary>
internal static class KnownLanguages
{
    private static readonly IPackageLanguage[] All =
    [
        new Python(),
        new CSharp(),
        new Go(),
        new Java(),
        new TypeScript(),
        new Rust(),
    ];

    /// <summary>Of a manifest's language, which is one of <see cref="PackageLanguages.All"/>.</summary>
    public static IPackageLanguage Of(Manifest manifest) =>
        All.First(language => language.Name == manifest.Language);
}
