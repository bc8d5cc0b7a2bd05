using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>What new TypeScript files start from.</summary>
internal static class TypeScriptTemplates
{
    public static IReadOnlyList<GeneratedFile> InitFiles(Manifest manifest) =>
        [
            new(
                "package.json",
                $$"""
                {
                  "name": "{{manifest.Name.Split('/')[^1]}}",
                  "private": true,
                  "engines": { "node": ">=18" }
                }

                """
            ),
            new(
                "tsconfig.json",
                """
                {
                  "compilerOptions": {
                    "target": "ES2022",
                    "lib": ["ES2022"],
                    "module": "node16",
                    "moduleResolution": "node16",
                    "esModuleInterop": true,
                    "strict": true,
                    "skipLibCheck": true,
                    "noEmit": true
                  },
                  "include": ["nodes", "gen"]
                }

                """
            ),
        ];

    public static string Handler(ManifestNode node, Schema schema)
    {
        var input = schema.Find(node.Input)!;
        var output = schema.Find(node.Output)!;
        var (taken, given) = (ClassOf(input), ClassOf(output));
        var docs =
            node.Description.Length > 0
                ? node.Description.ReplaceLineEndings(" ").Trim().Replace("*/", "* /")
                : $"Takes {taken} and gives {given}.";
        var name = NameRules.Camel(node.Name);
        string[] body =
            node.Type == NodeType.Pipeline
                ?
                [
                    $"export async function* {name}(ax: AxiomContext, inputs: AsyncIterable<{taken}>): AsyncIterable<{given}> {{",
                    "    for await (const input of inputs) {",
                    $"        yield new {given}();",
                    "    }",
                    "}",
                ]
                :
                [
                    $"export async function {name}(ax: AxiomContext, input: {taken}): Promise<{given}> {{",
                    $"    return new {given}();",
                    "}",
                ];
        return $"""
            import type {"{"} AxiomContext {"}"} from "../gen/axiomContext";
            import {"{"} {Imports(input, output)} {"}"} from "../gen/messages_pb";

            /** {docs} */
            {string.Join('\n', body)}

            """;
    }

    public static string Test(ManifestNode node, Schema schema)
    {
        var input = schema.Find(node.Input)!;
        var output = schema.Find(node.Output)!;
        var name = NameRules.Camel(node.Name);
        string[] test =
            node.Type == NodeType.Pipeline
                ?
                [
                    $"async function* inputs(): AsyncIterable<{ClassOf(input)}> {{",
                    $"    yield new {ClassOf(input)}();",
                    "}",
                    "",
                    $"test(\"{name} gives {ClassOf(output)}\", async () => {{",
                    $"    for await (const reply of {name}(new TestContext(), inputs()))",
                    $"        assert.ok(reply instanceof {ClassOf(output)});",
                    "});",
                ]
                :
                [
                    $"test(\"{name} gives {ClassOf(output)}\", async () => {{",
                    $"    const reply = await {name}(new TestContext(), new {ClassOf(input)}());",
                    $"    assert.ok(reply instanceof {ClassOf(output)});",
                    "});",
                ];
        return $$"""
            import assert from "node:assert/strict";
            import { test } from "node:test";
            import { AxiomContext, AxiomLogger } from "../gen/axiomContext";
            import { {{Imports(input, output)}} } from "../gen/messages_pb";
            import { {{name}} } from "./{{NameRules.Snake(node.Name)}}";

            /** Keeps what the node logs, as [level, message, attributes]. */
            class TestLog extends AxiomLogger {
                readonly lines: [string, string, Record<string, unknown>][] = [];

                override debug(message: string, attributes: Record<string, unknown> = {}): void {
                    this.lines.push(["debug", message, attributes]);
                }

                override info(message: string, attributes: Record<string, unknown> = {}): void {
                    this.lines.push(["info", message, attributes]);
                }

                override warn(message: string, attributes: Record<string, unknown> = {}): void {
                    this.lines.push(["warn", message, attributes]);
                }

                override error(message: string, attributes: Record<string, unknown> = {}): void {
                    this.lines.push(["error", message, attributes]);
                }
            }

            /** The context of a test: secrets and parameters come from objects. */
            class TestContext extends AxiomContext {
                override readonly log = new TestLog();
                override readonly secrets;
                override readonly params;
                override readonly executionId = "test-execution";
                override readonly flowId = "test-flow";
                override readonly tenantId = "test-tenant";

                constructor({ secretsMap = {}, paramsMap = {} }: { [map in "secretsMap" | "paramsMap"]?: Record<string, string> } = {}) {
                    super();
                    this.secrets = TestContext.values(secretsMap);
                    this.params = TestContext.values(paramsMap);
                }

                private static values(map: Record<string, string>) {
                    const values = new Map(Object.entries(map));
                    return {
                        get: (name: string): [string, boolean] => [values.get(name) ?? "", values.has(name)],
                    };
                }
            }

            {{string.Join('\n', test)}}

            """;
    }

    /// <summary>Nested messages are classes inside of classes.</summary>
    private static string ClassOf(MessageType message) =>
        message.Parent is null ? message.Name : $"{ClassOf(message.Parent)}.{message.Name}";

    private static string Imports(params ReadOnlySpan<MessageType> messages)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var message in messages)
            names.Add(ClassOf(message).Split('.')[0]);
        return string.Join(", ", names);
    }
}
