using Sluice.Language.Emitters.Go;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>What new Go files start from.</summary>
internal static class GoTemplates
{
    public static IReadOnlyList<GeneratedFile> InitFiles(Manifest manifest) =>
        [new(Go.ModuleFile, $"module {manifest.Name}\n\ngo 1.19\n")];

    public static string Handler(Go language, Manifest manifest, ManifestNode node, Schema schema)
    {
        var (input, output) = (schema.Find(node.Input)!, schema.Find(node.Output)!);
        var docs =
            node.Description.Length > 0
                ? node.Description.ReplaceLineEndings(" ").Trim()
                : $"takes a {GoNames.Plain(input)} and gives a {GoNames.Plain(output)}.";
        string[] body =
            node.Type == NodeType.Pipeline
                ?
                [
                    "for range in {",
                    $"\tif err := emit(&{TypeOf(output)}{{}}); err != nil {{",
                    "\t\treturn err",
                    "\t}",
                    "}",
                    "return nil",
                ]
                : [$"return &{TypeOf(output)}{{}}, nil"];
        return $$"""
            package nodes

            import (
            {{Imports(manifest, ["context"], ["axiom", .. Homes(input, output)])}}
            )

            // {{node.Name}}{{(docs.StartsWith("takes ") ? " " : ": ")}}{{docs}}
            {{language.Signature(node, input, output)}} {
            	{{string.Join("\n\t", body)}}
            }

            """;
    }

    public static string Test(Manifest manifest, ManifestNode node, Schema schema)
    {
        var (input, output) = (schema.Find(node.Input)!, schema.Find(node.Output)!);
        var isPipeline = node.Type == NodeType.Pipeline;
        string[] call = isPipeline
            ?
            [
                $"in := make(chan *{TypeOf(input)}, 1)",
                $"in <- &{TypeOf(input)}{{}}",
                "close(in)",
                $"err := nodes.{node.Name}(context.Background(), ax, in, func(reply *{TypeOf(output)}) error {{",
                "\tif reply == nil {",
                $"\t\tt.Error(\"a {GoNames.Plain(output)} is expected\")",
                "\t}",
                "\treturn nil",
                "})",
                "if err != nil {",
                "\tt.Fatal(err)",
                "}",
            ]
            :
            [
                $"reply, err := nodes.{node.Name}(context.Background(), ax, &{TypeOf(input)}{{}})",
                "if err != nil {",
                "\tt.Fatal(err)",
                "}",
                "if reply == nil {",
                $"\tt.Error(\"a {GoNames.Plain(output)} is expected\")",
                "}",
            ];
        var homes = isPipeline ? Homes(input, output) : Homes(input);
        return $$"""
            package nodes_test

            import (
            {{Imports(
                manifest,
                ["context", "testing"],
                ["axiom/axiomtest", .. homes, "nodes"]
            )}}
            )

            func Test{{node.Name}}(t *testing.T) {
            	// The context of a test finds secrets and parameters in maps, and keeps what the node logs in Lines.
            	ax := &axiomtest.Context{
            		SecretsMap: map[string]string{},
            		ParamsMap:  map[string]string{},
            	}
            	{{string.Join("\n\t", call)}}
            }

            """;
    }

    /// <summary>The message as node code names it, without its pointer.</summary>
    public static string TypeOf(MessageType message) =>
        $"{GoNames.Package(message)}.{GoNames.Plain(message)}";

    private static string[] Homes(params MessageType[] messages) =>
        [
            .. messages
                .Select(GoNames.Package)
                .Select(home => home == GoNames.Gen ? home : $"{GoNames.Gen}/{home}")
                .Distinct(),
        ];

    private static string Imports(Manifest manifest, string[] standard, string[] own)
    {
        var lines = standard
            .Append("")
            .Concat(own.Select(path => $"{manifest.Name}/{path}").Order(StringComparer.Ordinal));
        return string.Join('\n', lines.Select(path => path.Length == 0 ? "" : $"\t\"{path}\""));
    }
}
