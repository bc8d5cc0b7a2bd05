namespace Sluice.Runner.Tests.Languages;

/// <summary>The pipeline nodes of the conformance package in TypeScript.</summary>
internal static class StreamsInTypeScript
{
    private const string Handlers = """
        import type { AxiomContext } from "../gen/axiomContext";
        import { Text } from "../gen/messages_pb";

        const text = (value: unknown) => new Text().setText(String(value));
        function* three() { for (let i = 0; i < 3; i++) yield text(i); }

        export async function* mirror(ax: AxiomContext, inputs: AsyncIterable<Text>): AsyncIterable<Text> { yield* inputs; }
        export async function* first(ax: AxiomContext, inputs: AsyncIterable<Text>): AsyncIterable<Text> {
            for await (const input of inputs) {
                yield input;
                return;
            }
        }
        export async function* snap(ax: AxiomContext, inputs: AsyncIterable<Text>): AsyncIterable<Text> {
            yield* three();
            throw new Error("no more");
        }
        export async function* quit(ax: AxiomContext, inputs: AsyncIterable<Text>): AsyncIterable<Text> {
            yield* three();
            process.exit(3);
        }
        export async function* drain(ax: AxiomContext, inputs: AsyncIterable<Text>): AsyncIterable<Text> {
            for await (const input of inputs) input.getText();
        }
        export async function* endless(ax: AxiomContext, inputs: AsyncIterable<Text>): AsyncIterable<Text> {
            for (let i = 0; ; i++) yield text(i);
        }
        export async function* sign(ax: AxiomContext, inputs: AsyncIterable<Text>): AsyncIterable<Text> {
            for await (const input of inputs) {
                ax.log.info("signing " + input.getText());
                yield text(`${input.getText()} ${ax.secrets.get("SIGNATURE")[0]}`);
            }
        }
        export async function* stall(ax: AxiomContext, inputs: AsyncIterable<Text>): AsyncIterable<Text> {
            for await (const input of inputs) for (;;);
        }
        """;

    public static IEnumerable<(string Path, string Text)> Files()
    {
        yield return ("nodes/streams.ts", Handlers);
        foreach (var node in StreamConformance.Nodes.Select(node => node.ToLowerInvariant()))
            yield return ($"nodes/{node}.ts", $"export {{ {node} }} from \"./streams\";\n");
    }
}
