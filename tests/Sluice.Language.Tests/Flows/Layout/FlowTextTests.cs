using Sluice.Language.Flows;
using Sluice.Language.Flows.Layout;

namespace Sluice.Language.Tests.Flows.Layout;

/// <summary>A flow as text.</summary>
public sealed class FlowTextTests
{
    [Fact]
    public void A_flow_reads_in_the_order_of_its_way()
    {
        const string yaml = """
            name: demo/shown
            version: 1.2.0
            nodes:
              - {alias: undo, package: demo/p@1.0.0, node: Undo}
              - {alias: last, package: demo/p@1.0.0, node: Last, config: {join: {kind: XOR}}}
              - alias: first
                package: demo/p@1.0.0
                node: First
                config: {compensate: undo, timeout_ms: 1500, retry: {max_attempts: 3}}
              - {alias: each, subflow: 01J0000000000000000000000A}
            edges:
              - {from: "@flow_input", to: first}
              - {from: first, to: each, fan_out: {items: lines, concurrency: 4}}
              - {from: first, to: last, on_error: true, adapter: {text: message, id: input.id}}
              - {from: first, to: first, loop: true, max_iterations: 5, condition: {op: LT, field: tries, value: 3}}
              - {from: each, to: last, condition: "size(results) > 0"}
              - {from: last, to: "@flow_output"}
            output_facade: {message_name: Answer}
            """;

        Assert.Equal(
            """
            demo/shown 1.2.0

            @flow_input
              └─▸ first

            first  First of demo/p@1.0.0, 3 attempts, at most 1500 ms, undone by undo
              ├─ for each of lines, 4 at once ─▸ each
              ├─ on error ─▸ last  (text = message, id = input.id)
              └─ again if tries < 3, at most 5 times ─▸ first

            each  subflow 01J0000000000000000000000A
              └─ if size(results) > 0 ─▸ last

            last  Last of demo/p@1.0.0, first of its edges
              └─▸ @flow_output

            undo  Undo of demo/p@1.0.0

            @flow_output  Answer

            """,
            FlowText.Of(FlowReader.Read(yaml, "flow.yaml").Value!)
        );
    }
}
