using FsCheck;
using FsCheck.Fluent;
using Sluice.Language.Flows;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Flows;

/// <summary>Random flows of all features, and the same flows with one rule broken.</summary>
public sealed class FlowFeatureProperties
{
    private const int Cases = 100;

    private static readonly Shelf Shelf = RandomDocument.Shelf();

    private static Reading<FlowGraph> Compile(FlowDocument flow) =>
        FlowCompiler.Compile(flow, Shelf.Resolve, id => Shelf.Graphs.GetValueOrDefault(id));

    private static void ForAll(Action<int> check) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), check)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    [Fact]
    public void Any_flow_that_keeps_the_rules_compiles_and_can_be_planned()
    {
        ForAll(seed =>
        {
            var reading = Compile(RandomDocument.Make(seed));
            Assert.Empty(reading.Mistakes);
            var graph = reading.Value!;
            Assert.Equal(graph.ToJson(), FlowGraph.FromJson(graph.ToJson()).ToJson());
            var plan = FlowPlan.For(graph, id => Shelf.Graphs[id]);
            foreach (var edge in plan.Edges.Where(e => e.From is not null && !e.Edge.Loop))
                Assert.True(edge.From!.Index < edge.To.Index);
            foreach (var edge in plan.Edges.Where(e => e.Edge.Loop))
            {
                Assert.Contains(edge.From!, edge.Body);
                Assert.Contains(edge.To, edge.Body);
            }
        });
    }

    [Fact]
    public void Any_input_can_be_built_from_empty_messages()
    {
        ForAll(seed =>
        {
            var graph = Compile(RandomDocument.Make(seed)).Value!;
            var plan = FlowPlan.For(graph, id => Shelf.Graphs[id]);
            foreach (var node in plan.Nodes.Append(plan.OutputNode).Where(n => !n.IsCompensator))
            {
                Carried[] carried =
                [
                    .. node.Incoming.Select(e => new Carried(e, ReadOnlyMemory<byte>.Empty)),
                ];
                Assert.Null(plan.BuildInput(node, carried, Plans.NoConfig, out var input));
                Assert.Null(ProtoJson.Check(node.Input, input.Span));
            }
        });
    }

    [Fact]
    public void Any_document_goes_through_json_and_yaml_without_loss()
    {
        ForAll(seed =>
        {
            var flow = RandomDocument.Make(seed);
            var json = FlowDocument.FromJson(flow.ToJson());
            Assert.Empty(json.Mistakes);
            FlowFormTests.Same(flow, json.Value, "flow");
            var yaml = FlowReader.Read(json.Value!.ToYaml(), "flow.yaml");
            Assert.Empty(yaml.Mistakes);
            FlowFormTests.Same(flow, yaml.Value, "flow");
            Assert.Equal(Compile(flow).Value!.ToJson(), Compile(yaml.Value!).Value!.ToJson());
        });
    }

    public static TheoryData<string, string[]> Mutations =>
        new()
        {
            { "a loop edge forgets that it is one", ["flow_cycle"] },
            { "a loop has no bound", ["flow_loop_unbounded"] },
            { "a loop has too large a bound", ["flow_max_iterations"] },
            { "a plain edge has a bound", ["flow_max_iterations"] },
            { "an edge enters a loop in the middle", ["flow_loop_entered"] },
            { "an edge leaves a loop in the middle", ["flow_loop_left"] },
            { "a second loop ends at the same placement", ["flow_loop_overlap"] },
            { "a fan-out goes over what is no list", ["flow_fan_out_items"] },
            { "a fan-out goes over nothing", ["flow_unknown_field"] },
            { "a fan-out is too wide", ["flow_fan_out"] },
            { "two fan-outs lead to one placement", ["flow_fan_out_twice"] },
            { "an error edge stands beside a plain one", ["flow_duplicate_edge"] },
            { "the input fails", ["flow_on_error"] },
            { "a condition is no bool", ["flow_condition_type"] },
            { "a condition names what is not there", ["cel_unknown_name"] },
            { "a condition compares a text with a number", ["flow_condition"] },
            { "a compensator has an edge", ["flow_compensator_edge"] },
            { "a compensator has a compensator", ["flow_compensator_compensated"] },
            { "a compensator needs what is not there", ["flow_compensate_field"] },
            { "a compensator is not there", ["flow_unknown_alias"] },
            { "a compose plan names another source", ["flow_compose_source"] },
            { "a compose plan sets what is not there", ["flow_unknown_field"] },
            { "a compose plan sets a field twice", ["flow_field_set_twice"] },
            { "an edge to a composed placement has an adapter", ["flow_compose_adapter"] },
            { "an edge of an XOR join leaves a field out", ["flow_edge_incomplete"] },
            { "a retry is out of range", ["flow_retry"] },
            { "a retry is for an unknown kind", ["flow_retry_on"] },
            { "a timeout is out of range", ["flow_timeout"] },
            { "a subflow is not there", ["flow_unknown_subflow"] },
            { "a subflow gives another message", ["flow_subflow_message"] },
            { "an adapter's expression has another type", ["flow_edge_type"] },
            { "an adapter's expression is no expression", ["cel_syntax"] },
            { "a facade has an unknown kind", ["flow_facade_field"] },
            { "the output leaves a field out", ["flow_edge_incomplete"] },
            { "the example is no example", ["flow_example"] },
            { "the flow asks for streams", ["flow_pipeline_mode"] },
        };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Any_mutation_that_breaks_a_rule_is_refused_with_its_code(
        string mutation,
        string[] codes
    )
    {
        var refused = 0;
        ForAll(seed =>
        {
            var broken = new FlowMutation(RandomDocument.Make(seed), new Random(seed)).Of(mutation);
            if (broken is null)
                return;
            var reading = Compile(broken);
            Assert.Null(reading.Value);
            Assert.True(
                reading.Mistakes.Any(m => codes.Contains(m.Code)),
                $"{codes[0]} expected, found {string.Join('\n', reading.Mistakes)}"
            );
            // The same from its text, where every mistake has a place.
            var text = Shelf.Compile(broken.ToYaml());
            Assert.Null(text.Value);
            Assert.All(
                text.Mistakes,
                m => Assert.True(m.Where is not null && m.Line > 0, m.ToString())
            );
            refused++;
        });
        Assert.True(refused > Cases / 20, $"only {refused} cases were refused");
    }
}
