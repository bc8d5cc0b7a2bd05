using Sluice.Cli.Packages;
using Sluice.Client;
using Sluice.Language;
using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Language.Protos;
using FlowVerdict = Sluice.Client.FlowVerdict;

namespace Sluice.Cli.Flows;

/// <summary>Packages as they lie on this machine, for a check of flows without a server.</summary>
internal sealed class LocalPackages
{
    // What the server calls the document of a flow, so that both read it alike.
    private const string ServersName = "flow.yaml";

    private readonly Dictionary<PackageReference, ResolvedPackage> _found = [];

    private LocalPackages() { }

    /// <param name="folders">Each holds a manifest, or the nearest folder above it does.</param>
    /// <returns>Null after naming a folder without a package, or a package whose manifest or messages have mistakes.</returns>
    public static LocalPackages? In(Session session, IEnumerable<string> folders)
    {
        var packages = new LocalPackages();
        foreach (var folder in folders)
        {
            if (
                PackageFolder.Find(session, folder) is not { } found
                || !packages.Add(session, found)
            )
                return null;
        }
        return packages;
    }

    /// <summary>The package in a folder, and those in the folders in it.</summary>
    public static IEnumerable<string> Around(string folder) =>
        LocalFlows
            .Around(folder)
            .Where(f => ManifestReader.FileNames.Any(name => File.Exists(Path.Combine(f, name))));

    /// <summary>What the server would say, if it had these packages, and of each of these flows a graph.</summary>
    public FlowVerdict Judge(string document, LocalFlows flows)
    {
        var reading = Compile(document, flows);
        return new FlowVerdict
        {
            Passed = reading.Ok,
            Mistakes =
            [
                .. reading.Mistakes.Select(m => new RefusedMistake(
                    m.Code,
                    m.Message,
                    m.File,
                    m.Line,
                    m.Column,
                    m.Where,
                    m.Warning
                )),
            ],
        };
    }

    public Reading<FlowGraph> Compile(string document, LocalFlows flows) =>
        FlowCompiler.Compile(
            document,
            ServersName,
            reference => _found.GetValueOrDefault(reference),
            name => flows.Graph(name, this),
            flows.WhyMissing
        );

    private bool Add(Session session, PackageFolder folder)
    {
        if (folder.Manifest(session) is not { } manifest)
            return false;
        var schema = SchemaCompiler.Compile(folder.Protos());
        if (schema.Value is { } messages)
            _found.TryAdd(
                new PackageReference(manifest.Name, manifest.Version),
                // The digest is frozen into graphs; here none is kept.
                new ResolvedPackage("", manifest, messages)
            );
        else
            session.Fail(
                "package_messages",
                $"The messages of {manifest.Name}@{manifest.Version} have mistakes.",
                schema.Mistakes
            );
        return schema.Ok;
    }
}
