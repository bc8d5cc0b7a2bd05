using Sluice.Language.Emitters.Java;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>What new Java files start from.</summary>
internal static class JavaTemplates
{
    public static string Handler(Java language, ManifestNode node, Schema schema)
    {
        var (input, output) = (schema.Find(node.Input)!, schema.Find(node.Output)!);
        var isPipeline = node.Type == NodeType.Pipeline;
        var docs =
            node.Description.Length > 0
                ? Docs(node.Description)
                : $"Takes a {JavaNames.Plain(input)} and gives a {JavaNames.Plain(output)}.";
        string[] body = isPipeline
            ?
            [
                "while (inputs.hasNext()) {",
                $"    {TypeOf(node, input)} input = inputs.next();",
                $"    emit.accept({TypeOf(node, output)}.newBuilder().build());",
                "}",
            ]
            : [$"return {TypeOf(node, output)}.newBuilder().build();"];
        string[] platform = isPipeline ? ["java.util.Iterator", "java.util.function.Consumer"] : [];
        return $$"""
            package nodes;

            {{Imports(node, ["axiom.AxiomContext", .. platform], input, output)}}

            public class {{node.Name}} {
                /** {{docs}} */
                {{Qualified(language, node, input, output)}} {
                    {{string.Join("\n        ", body)}}
                }
            }

            """;
    }

    public static string Test(ManifestNode node, Schema schema)
    {
        var (input, output) = (schema.Find(node.Input)!, schema.Find(node.Output)!);
        var isPipeline = node.Type == NodeType.Pipeline;
        var call = $"{node.Name}.{NameRules.Camel(node.Name)}(ax, ";
        string[] body = isPipeline
            ?
            [
                $"List<{TypeOf(node, output)}> replies = new ArrayList<>();",
                $"{call}List.of({TypeOf(node, input)}.newBuilder().build()).iterator(), replies::add);",
                "assertEquals(1, replies.size());",
            ]
            :
            [
                $"{TypeOf(node, output)} reply = {call}{TypeOf(node, input)}.newBuilder().build());",
                "assertNotNull(reply);",
            ];
        string[] platform = isPipeline
            ? ["java.util.ArrayList", "java.util.List", "java.util.Map"]
            : ["java.util.Map"];
        return $$"""
            package nodes;

            import static axiom.testing.Assertions.{{(
                isPipeline ? "assertEquals" : "assertNotNull"
            )}};

            {{Imports(
                node,
                ["axiom.testing.Test", "axiom.testing.TestContext", .. platform],
                input,
                output
            )}}

            public class {{node.Name}}Test {
                @Test
                public void gives{{JavaNames.Plain(output).Replace(".", "")}}() {
                    // The context of a test finds secrets and parameters in maps, and keeps what the node logs in lines().
                    Map<String, String> secretsMap = Map.of();
                    Map<String, String> paramsMap = Map.of();
                    TestContext ax = new TestContext(secretsMap, paramsMap);
                    {{string.Join("\n        ", body)}}
                }
            }

            """;
    }

    /// <summary>The signature with the types as the file can name them.</summary>
    private static string Qualified(
        Java language,
        ManifestNode node,
        MessageType input,
        MessageType output
    ) =>
        language
            .Signature(node, input, output)
            .Replace($"static {JavaNames.Plain(output)} ", $"static {TypeOf(node, output)} ")
            .Replace($"ax, {JavaNames.Plain(input)} ", $"ax, {TypeOf(node, input)} ")
            .Replace($"<{JavaNames.Plain(input)}>", $"<{TypeOf(node, input)}>")
            .Replace($"<{JavaNames.Plain(output)}>", $"<{TypeOf(node, output)}>");

    /// <summary>The message as node code names it. One named as the node itself cannot be imported.</summary>
    private static string TypeOf(ManifestNode node, MessageType message) =>
        IsImported(node, message)
            ? JavaNames.Plain(message)
            : $"{Home(message)}.{JavaNames.Plain(message)}";

    private static bool IsImported(ManifestNode node, MessageType message) =>
        Top(message) is var top
        && top != node.Name
        && top != node.Name + "Test"
        && top
            is not (
                "AxiomContext"
                or "Test"
                or "TestContext"
                or "List"
                or "ArrayList"
                or "Map"
                or "Iterator"
                or "Consumer"
                or "String"
            );

    private static string Home(MessageType message) =>
        message.WellKnown == WellKnown.None ? JavaNames.Outer : JavaNames.WellKnownPackage;

    private static string Top(MessageType message) => JavaNames.Plain(message).Split('.')[0];

    private static string Imports(
        ManifestNode node,
        IEnumerable<string> always,
        params MessageType[] messages
    )
    {
        var own = messages
            .Where(message => IsImported(node, message))
            .Select(message => $"{Home(message)}.{Top(message)}");
        return string.Join(
            '\n',
            always
                .Concat(own)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(name => $"import {name};")
        );
    }

    private static string Docs(string description) =>
        description
            .ReplaceLineEndings(" ")
            .Trim()
            .Replace("&", "&amp;")
            .Replace("<", "&lt;")
            .Replace("@", "&#64;")
            .Replace("*/", "*&#47;")
            .Replace("\\", "&#92;");
}
