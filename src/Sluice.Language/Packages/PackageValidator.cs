using Sluice.Language.Packages.Dependencies;
using Sluice.Language.Packages.Languages;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages;

/// <summary>
/// Checks a package without running anything of it.
/// <list type="number">
/// <item>the manifest, and that its nodes name known messages</item>
/// <item>the messages: every proto file compiles</item>
/// <item>the handlers: each exists with the expected signature; the language's files and a test per node are there</item>
/// </list>
/// Beyond that, reads of secrets that the manifest does not declare are warned about, and dependencies that a build does
/// not bring.
/// </summary>
public static class PackageValidator
{
    /// <param name="source">The author's files; generated ones may be among them and are not looked at.</param>
    /// <param name="push">True to refuse a node without a test, which otherwise is a warning.</param>
    public static ValidationReport Validate(PackageSource source, bool push = false)
    {
        var report = new ReportBuilder();
        var manifest = ReadManifest(source, report);
        var schema = CompileMessages(source, report);
        if (manifest is not null && schema is not null)
            CheckMessages(source, manifest, schema, report);
        if (manifest is { IsProtoOnly: false })
            CheckSources(source, manifest, schema, push, report);
        return report.Finish(manifest, schema);
    }

    private static Manifest? ReadManifest(PackageSource source, ReportBuilder report)
    {
        foreach (var odd in source.Paths.Where(p => PackagePath.Fault(p) is not null))
            report.Add(
                "files",
                odd,
                new Mistake("package_path", $"The path `{odd}` {PackagePath.Fault(odd)}.")
            );
        if (source.ManifestPath is not { } path)
        {
            report.Add(
                "manifest",
                "sluice.yaml",
                new Mistake(
                    "package_no_manifest",
                    "There is no `sluice.yaml` at the top of the package."
                )
            );
            return null;
        }
        if (source.Text(path) is not { } text)
        {
            report.Add(
                "manifest",
                path,
                new Mistake("package_text", $"`{path}` is not valid UTF-8.", path)
            );
            return null;
        }
        var reading = ManifestReader.Read(text, path);
        report.AddAll("manifest", path, reading.Mistakes);
        foreach (var other in ManifestReader.FileNames.Where(n => n != path && source.Has(n)))
            report.Add(
                "manifest",
                other,
                new Mistake(
                    "package_two_manifests",
                    $"`{other}` is not read, because there is a `{path}`.",
                    other,
                    Warning: true
                )
            );
        return reading.Value;
    }

    private static Schema? CompileMessages(PackageSource source, ReportBuilder report)
    {
        var protos = source.Protos();
        foreach (
            var path in source.Paths.Where(p =>
                p.EndsWith(".proto", StringComparison.Ordinal) && source.Text(p) is null
            )
        )
            report.Add(
                "messages",
                path,
                new Mistake("package_text", $"`{path}` is not valid UTF-8.", path)
            );
        if (!protos.ContainsKey(PackageFiles.Messages))
        {
            report.Add(
                "messages",
                PackageFiles.Messages,
                new Mistake("package_no_messages", $"There is no `{PackageFiles.Messages}`.")
            );
            return null;
        }
        var reading = SchemaCompiler.Compile(protos);
        foreach (var path in protos.Keys)
            report.AddAll("messages", path, [.. reading.Mistakes.Where(m => m.File == path)]);
        foreach (
            var mistake in reading.Mistakes.Where(m =>
                m.File is null || !protos.ContainsKey(m.File)
            )
        )
            report.Add("messages", PackageFiles.Messages, mistake);
        return reading.Value;
    }

    private static void CheckMessages(
        PackageSource source,
        Manifest manifest,
        Schema schema,
        ReportBuilder report
    )
    {
        var file = source.ManifestPath;
        foreach (var node in manifest.Nodes)
        {
            var unknown = new[] { ("input", node.Input), ("output", node.Output) }
                .Where(m => schema.Find(m.Item2) is null)
                .Select(m => new Mistake(
                    "package_unknown_message",
                    $"`{m.Item1}: {m.Item2}` of `{node.Name}` names no message of this package or its imports.",
                    file,
                    node.Line,
                    node.Column,
                    node.Name
                ));
            report.AddAll("messages", node.Name, [.. unknown]);
        }
        foreach (var import in manifest.Imports)
            if (
                !source.Paths.Any(p =>
                    p.StartsWith(
                        PackageFiles.ImportFolder(import.Package),
                        StringComparison.Ordinal
                    )
                )
            )
                report.Add(
                    "messages",
                    import.Package.ToString(),
                    new Mistake(
                        "package_import_missing",
                        $"`{import.Package}` is imported, but `{PackageFiles.ImportFolder(import.Package)}` holds no proto file of it.",
                        file,
                        import.Line,
                        import.Column
                    )
                );
        var expected = NameRules.ProtoPackage(manifest.Name);
        var own = schema.TopLevel.FirstOrDefault(m => m.File == PackageFiles.Messages);
        if (own is not null && own.FullName != $"{expected}.{own.Name}")
            report.Add(
                "messages",
                PackageFiles.Messages,
                new Mistake(
                    "package_proto_package",
                    $"The messages of `{manifest.Name}` belong into the proto package `{expected}`, so that those of two packages cannot be confused.",
                    PackageFiles.Messages,
                    Warning: true
                )
            );
    }

    private static void CheckSources(
        PackageSource source,
        Manifest manifest,
        Schema? schema,
        bool push,
        ReportBuilder report
    )
    {
        var language = KnownLanguages.Of(manifest);
        foreach (var path in language.RequiredFiles)
            report.AddAll("files", path, [.. FileMistakes(source, manifest, path, language)]);
        foreach (var unmet in UnmetDependencies.Of(source, manifest))
            report.Add("files", unmet.File!, unmet);
        foreach (var mistake in PackageDependencies.Of(source, manifest).Mistakes)
            report.Add("files", mistake.File!, mistake);
        if (manifest.Nodes.Count == 0)
            report.Add(
                "handlers",
                source.ManifestPath!,
                new Mistake(
                    "package_no_nodes",
                    "The package has no nodes.",
                    source.ManifestPath,
                    Warning: !push
                )
            );
        foreach (var node in manifest.Nodes)
            report.AddAll(
                "handlers",
                node.Name,
                [.. HandlerMistakes(source, schema, node, language)]
            );
        foreach (var node in manifest.Nodes)
            report.AddAll("tests", node.Name, [.. TestMistakes(source, node, language, push)]);
        CheckSecrets(source, manifest, language, report);
    }

    private static IEnumerable<Mistake> FileMistakes(
        PackageSource source,
        Manifest manifest,
        string path,
        IPackageLanguage language
    )
    {
        if (source.Text(path) is not { } text)
            yield return source.Has(path)
                ? new Mistake("package_text", $"`{path}` is not valid UTF-8.", path)
                : new Mistake(
                    "package_missing_file",
                    $"A package in {language.Name} needs a file `{path}`."
                );
        else if (language.FileFault(path, text, manifest) is { } found)
            yield return new Mistake(
                "package_file",
                found.Message,
                path,
                found.Line,
                found.Column,
                Warning: found.Warning
            );
    }

    private static IEnumerable<Mistake> HandlerMistakes(
        PackageSource source,
        Schema? schema,
        ManifestNode node,
        IPackageLanguage language
    )
    {
        if (language.NameFault(node.Name) is { } fault)
            yield return new Mistake(
                "package_node_name",
                $"The name `{node.Name}` {fault}.",
                source.ManifestPath,
                node.Line,
                node.Column,
                node.Name
            );
        var path = language.HandlerPath(node.Name);
        if (source.Text(path) is not { } text)
        {
            yield return source.Has(path)
                ? new Mistake("package_text", $"`{path}` is not valid UTF-8.", path)
                : new Mistake(
                    "package_no_handler",
                    $"There is no `{path}`, which the handler of `{node.Name}` belongs into.",
                    source.ManifestPath,
                    node.Line,
                    node.Column,
                    node.Name
                );
            yield break;
        }
        if (schema?.Find(node.Input) is not { } input || schema.Find(node.Output) is not { } output)
            yield break;
        if (language.HandlerFault(text, node, input, output) is { } found)
            yield return new Mistake(
                "package_handler",
                found.Message,
                path,
                found.Line,
                found.Column,
                node.Name,
                found.Warning
            );
    }

    private static IEnumerable<Mistake> TestMistakes(
        PackageSource source,
        ManifestNode node,
        IPackageLanguage language,
        bool push
    )
    {
        var path = language.TestPath(node.Name);
        var text = source.Text(path);
        if (text is null)
            yield return new Mistake(
                "package_no_test",
                $"`{node.Name}` has no tests; they belong into `{path}`.",
                path,
                Where: node.Name,
                Warning: !push
            );
        else if (!language.HasTest(text))
            yield return new Mistake(
                "package_no_test",
                $"`{path}` holds no test.",
                path,
                Where: node.Name,
                Warning: !push
            );
    }

    private static void CheckSecrets(
        PackageSource source,
        Manifest manifest,
        IPackageLanguage language,
        ReportBuilder report
    )
    {
        var handlers = manifest.Nodes.ToDictionary(n => language.HandlerPath(n.Name));
        var anywhere = manifest.Nodes.SelectMany(n => n.RequiredSecrets).ToHashSet();
        foreach (var path in source.Paths.Where(language.IsSource))
        {
            if (source.Text(path) is not { } text)
                continue;
            // A handler's file speaks for its node; other files may serve any node.
            var node = handlers.GetValueOrDefault(path);
            var declared = node?.RequiredSecrets.ToHashSet() ?? anywhere;
            foreach (var read in language.SecretReads(text).Where(r => !declared.Contains(r.Name)))
                report.Add(
                    "secrets",
                    read.Name,
                    new Mistake(
                        "package_undeclared_secret",
                        $"The secret `{Documents.Shown.Text(read.Name)}` is read here, but it is not among the `required_secrets` "
                            + (node is null ? "of any node." : $"of `{node.Name}`."),
                        path,
                        read.Line,
                        read.Column,
                        node?.Name,
                        Warning: true
                    )
                );
        }
    }
}
