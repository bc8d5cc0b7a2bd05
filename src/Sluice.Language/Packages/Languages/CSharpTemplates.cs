using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>What new C# files start from.</summary>
internal static class CSharpTemplates
{
    public static string Handler(ManifestNode node, Schema schema)
    {
        var input = ClassOf(schema.Find(node.Input)!);
        var output = ClassOf(schema.Find(node.Output)!);
        var docs =
            node.Description.Length > 0
                ? Docs(node.Description)
                : $"Takes {input} and gives {output}.";
        string[] body =
            node.Type == NodeType.Pipeline
                ?
                [
                    $"public static async IAsyncEnumerable<{output}> {node.Name}(",
                    "    IAxiomContext ax,",
                    $"    IAsyncEnumerable<{input}> inputs",
                    ")",
                    "{",
                    "    await foreach (var input in inputs)",
                    $"        yield return new {output}();",
                    "}",
                ]
                :
                [
                    $"public static {output} {node.Name}(IAxiomContext ax, {input} input)",
                    "{",
                    $"    return new {output}();",
                    "}",
                ];
        return $$"""
            {{(
                node.Type == NodeType.Pipeline ? "using System.Collections.Generic;\n" : ""
            )}}using Axiom;
            using Gen;

            namespace Nodes;

            public static class {{node.Name}}Node
            {
                /// <summary>{{docs}}</summary>
                {{string.Join("\n    ", body)}}
            }

            """;
    }

    public static string Test(ManifestNode node, Schema schema)
    {
        var input = ClassOf(schema.Find(node.Input)!);
        var output = ClassOf(schema.Find(node.Output)!);
        string[] test =
            node.Type == NodeType.Pipeline
                ?
                [
                    $"public async Task Gives_{output.Replace('.', '_')}()",
                    "{",
                    $"    await foreach (var reply in {node.Name}Node.{node.Name}(new TestContext(), Inputs(new {input}())))",
                    "        if (reply is null)",
                    $"            throw new InvalidOperationException(\"{output} is expected.\");",
                    "}",
                    "",
                    $"private static async IAsyncEnumerable<{input}> Inputs(params {input}[] inputs)",
                    "{",
                    "    await Task.CompletedTask;",
                    "    foreach (var input in inputs)",
                    "        yield return input;",
                    "}",
                ]
                :
                [
                    $"public void Gives_{output.Replace('.', '_')}()",
                    "{",
                    $"    var reply = {node.Name}Node.{node.Name}(new TestContext(), new {input}());",
                    "    if (reply is null)",
                    $"        throw new InvalidOperationException(\"{output} is expected.\");",
                    "}",
                ];
        return $$"""
            using System;
            using System.Collections.Generic;
            using System.Threading.Tasks;
            using Axiom;
            using Gen;

            namespace Nodes;

            /// <summary>Each public method is a test; it fails by throwing.</summary>
            public sealed class {{node.Name}}Test
            {
                {{string.Join("\n    ", test).Replace("\n    \n", "\n\n")}}

                /// <summary>The context of a test: secrets and parameters come from dictionaries.</summary>
                private sealed class TestContext(
                    Dictionary<string, string>? secretsMap = null,
                    Dictionary<string, string>? paramsMap = null
                ) : IAxiomContext
                {
                    public IAxiomSecrets Secrets() => new Values(secretsMap ?? []);

                    public IAxiomParams Params() => new Values(paramsMap ?? []);

                    private sealed class Values(Dictionary<string, string> values)
                        : IAxiomSecrets,
                            IAxiomParams
                    {
                        public (string Value, bool Found) Get(string name) =>
                            values.TryGetValue(name, out var value) ? (value, true) : ("", false);
                    }
                }
            }

            """;
    }

    /// <summary>Nested messages are classes inside of classes.</summary>
    private static string ClassOf(MessageType message) =>
        message.Parent is null ? message.Name : $"{ClassOf(message.Parent)}.Types.{message.Name}";

    private static string Docs(string description) =>
        description
            .ReplaceLineEndings(" ")
            .Trim()
            .Replace("&", "&amp;")
            .Replace("<", "&lt;")
            .Replace(">", "&gt;");
}
