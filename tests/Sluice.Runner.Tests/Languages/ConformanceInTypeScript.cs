namespace Sluice.Runner.Tests.Languages;

/// <summary>The conformance suite's nodes in TypeScript.</summary>
internal static class ConformanceInTypeScript
{
    private const string Nodes = """
        import { execFileSync } from "node:child_process";
        import { readFileSync } from "node:fs";
        import { connect, createServer } from "node:net";
        import type { AxiomContext } from "../gen/axiomContext";
        import { Text } from "../gen/messages_pb";

        const text = (value: string) => new Text().setText(value);
        export function echo(ax: AxiomContext, input: Text): Text { return text(input.getText()); }
        export function same(ax: AxiomContext, input: Text): Text { return input; }
        export function read(ax: AxiomContext, input: Text): Text {
            const [value, found] = ax.secrets.get(input.getText());
            return text(`${value}/${found ? "True" : "False"}`);
        }
        export async function fail(ax: AxiomContext, input: Text): Promise<Text> { throw new Error("no " + input.getText()); }
        export function hang(ax: AxiomContext, input: Text): Text { ax.progress(0, "begun"); for (;;); }
        export function leave(ax: AxiomContext, input: Text): Text { process.exit(3); }
        export function eat(ax: AxiomContext, input: Text): Text {
            const kept: unknown[] = [];
            for (;;) kept.push(input.getText() === "small" ? Array.from({ length: 1 << 16 }, (_, i) => ({ i })) : new Uint8Array(1 << 24).fill(1));
        }
        export function talk(ax: AxiomContext, input: Text): Text {
            ax.log.warn(input.getText(), { length: 81 });
            console.log("printed");
            return new Text();
        }
        export function tell(ax: AxiomContext, input: Text): Text {
            return text([ax.executionId, ax.flowId, ax.tenantId, ax.params.get("TONE")[0], ax.params.get("NONE")[1] ? "True" : "False"].join("/"));
        }
        export function fork(ax: AxiomContext, input: Text): Text { execFileSync("/bin/true"); return text("done"); }
        export function dial(ax: AxiomContext, input: Text): Promise<Text> {
            return new Promise((done, fail) => createServer().on("error", fail).listen(0, () => done(text("done"))));
        }
        export function ask(ax: AxiomContext, input: Text): Promise<Text> {
            return new Promise((done, fail) => {
                let said = "";
                const way = connect(3128, "127.0.0.1").setEncoding("utf8").on("error", fail);
                way.on("data", (piece: string) => (said += piece)).on("end", () => done(text(said)));
                way.end(`CONNECT ${input.getText()} HTTP/1.1\r\n\r\n`);
            });
        }
        export function peek(ax: AxiomContext, input: Text): Text { return text(readFileSync("/etc/passwd", "utf8")); }
        """;

    private const string Test = """
        import assert from "node:assert/strict";
        import { test } from "node:test";
        import { AxiomContext } from "../gen/axiomContext";
        import { Text } from "../gen/messages_pb";
        import { echo } from "./echo";

        test("echo", () => assert.equal(echo(new AxiomContext(), new Text().setText("a")).getText(), "a"));
        """;

    public static Dictionary<string, string> Files(IEnumerable<string> nodes)
    {
        Dictionary<string, string> files = new()
        {
            ["tsconfig.json"] = """{"compilerOptions":{"strict":true}}""",
            ["nodes/all.ts"] = Nodes,
            ["nodes/echo_test.ts"] = Test,
        };
        foreach (var node in nodes.Select(node => node.ToLowerInvariant()))
            files[$"nodes/{node}.ts"] = $"export {{ {node} }} from \"./all\";\n";
        return files;
    }
}
