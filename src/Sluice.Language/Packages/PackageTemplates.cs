using Sluice.Language.Documents;
using Sluice.Language.Packages.Languages;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages;

/// <summary>Writes the first version of what an author then changes: packages, messages, nodes. Returns files, touches none.</summary>
public static class PackageTemplates
{
    /// <summary>A new package: manifest, an empty messages file, and what its language needs.</summary>
    /// <param name="name"><c>handle/package-name</c>.</param>
    /// <param name="language">One of <see cref="PackageLanguages.All"/>.</param>
    /// <param name="version">A semantic version.</param>
    public static Reading<IReadOnlyList<GeneratedFile>> Init(
        string name,
        string language,
        string description = "",
        string version = "0.1.0"
    )
    {
        var yaml =
            $"name: {name}\nversion: {version}\nlanguage: {language}\n"
            + (description.Length == 0 ? "" : $"description: {ManifestEdit.Quote(description)}\n")
            + "nodes: []\n";
        var reading = ManifestReader.Read(yaml, ManifestReader.FileNames[0]);
        if (reading.Value is not { } manifest)
            return new(
                null,
                [.. reading.Mistakes.Select(m => m with { File = null, Line = 0, Column = 0 })]
            );
        var known = KnownLanguages.Of(manifest);
        return new(
            [
                new GeneratedFile(ManifestReader.FileNames[0], yaml),
                new GeneratedFile(
                    PackageFiles.Messages,
                    $"syntax = \"proto3\";\n\npackage {NameRules.ProtoPackage(name)};\n"
                ),
                new GeneratedFile(
                    ".gitignore",
                    string.Concat(known.Ignored.Prepend("/.sluice/").Select(line => line + "\n"))
                ),
                .. known.InitFiles(manifest),
            ],
            []
        );
    }

    /// <summary>Adds a message to the text of <c>messages.proto</c>; see <see cref="MessageTemplate"/> for the forms of its fields.</summary>
    /// <param name="proto">The present text; it keeps every character.</param>
    /// <param name="name">In PascalCase.</param>
    /// <param name="fields"><c>name:type; other:int32</c>, or proto3 fields with or without numbers; may be empty.</param>
    /// <param name="others">Further proto files of the package by path, that the fields may refer to.</param>
    /// <returns>The new text, or every mistake in what was asked for.</returns>
    public static Reading<string> CreateMessage(
        string proto,
        string name,
        string fields,
        IReadOnlyDictionary<string, string>? others = null
    )
    {
        var message = MessageTemplate.Write(name, fields);
        if (message.Value is null)
            return message;
        var text = proto.TrimEnd() + "\n\n" + message.Value;
        var files = new Dictionary<string, string>(others ?? new Dictionary<string, string>())
        {
            [PackageFiles.Messages] = text,
        };
        var schema = SchemaCompiler.Compile(files);
        return new(schema.Ok ? text : null, schema.Mistakes);
    }

    /// <summary>Adds a node: a handler, a test with a stand-in for the context, and an entry in the manifest, which otherwise keeps every character.</summary>
    /// <param name="source">The package as it is.</param>
    /// <returns>The files to write, the manifest among them; or every reason why not. A file that exists is never replaced.</returns>
    public static Reading<IReadOnlyList<GeneratedFile>> CreateNode(
        PackageSource source,
        NodeTemplate template
    )
    {
        if (source.ManifestPath is not { } path || source.Text(path) is not { } yaml)
            return Refuse(
                "package_no_manifest",
                "There is no `sluice.yaml` at the top of the package."
            );
        var before = ManifestReader.Read(yaml, path);
        var schema = SchemaCompiler.Compile(source.Protos());
        if (before.Value is not { } manifest || schema.Value is null)
            return new(null, [.. before.Mistakes, .. schema.Mistakes]);
        var language = KnownLanguages.Of(manifest);
        var mistakes = Check(source, manifest, schema.Value, language, template).ToList();
        if (mistakes.Count > 0)
            return new(null, mistakes);
        var edited = ManifestEdit.AddNode(yaml, template);
        var after = ManifestReader.Read(edited, path);
        if (
            after.Value?.Node(template.Name) is not { } node
            || after.Value.Nodes.Count != manifest.Nodes.Count + 1
        )
            return Refuse(
                "template_manifest",
                $"The entry cannot be put into `{path}` as it is written; make `nodes` a list with one `- name: …` per line."
            );
        return new(
            [
                new GeneratedFile(path, edited),
                language.Handler(after.Value, node, schema.Value),
                language.Test(after.Value, node, schema.Value),
            ],
            []
        );
    }

    private static IEnumerable<Mistake> Check(
        PackageSource source,
        Manifest manifest,
        Schema schema,
        IPackageLanguage language,
        NodeTemplate template
    )
    {
        if (manifest.IsProtoOnly)
            yield return new("manifest_proto_only", "A package of type `proto-only` has no nodes.");
        foreach (var message in new[] { template.Input, template.Output }.Distinct())
            if (schema.Find(message) is null)
                yield return new(
                    "package_unknown_message",
                    $"There is no message `{Shown.Text(message)}`; there are {Shown.List(schema.TopLevel.Select(m => m.Name))}."
                );
        if (!NameRules.IsNodeName(template.Name))
        {
            yield return new(
                "manifest_name",
                $"The name of a node is in PascalCase, such as Greet, not `{Shown.Text(template.Name)}`."
            );
            yield break;
        }
        if (language.NameFault(template.Name) is { } fault)
            yield return new("package_node_name", $"The name `{template.Name}` {fault}.");
        if (manifest.Node(template.Name) is not null)
            yield return new(
                "manifest_duplicate_node",
                $"There is a node named `{template.Name}` already."
            );
        foreach (
            var path in new[]
            {
                language.HandlerPath(template.Name),
                language.TestPath(template.Name),
            }
        )
            if (source.Has(path))
                yield return new("template_exists", $"`{path}` exists already.", path);
    }

    private static Reading<IReadOnlyList<GeneratedFile>> Refuse(string code, string message) =>
        new(null, [new Mistake(code, message)]);
}

/// <summary>A node to be written.</summary>
public sealed record NodeTemplate
{
    /// <summary>In PascalCase.</summary>
    public required string Name { get; init; }

    /// <summary>A message of the package.</summary>
    public required string Input { get; init; }

    /// <summary>A message of the package.</summary>
    public required string Output { get; init; }

    public NodeType Type { get; init; }

    public string Description { get; init; } = "";
}
