using System.Globalization;
using Sluice.Language.Documents;

namespace Sluice.Language.Flows.Forms;

/// <summary>A flow as a tree of keys and values, in canonical order: what its JSON and its YAML form have in common.</summary>
internal static class FlowTree
{
    private static readonly FlowFanOut UsualFanOut = new("");

    public static MapNode Of(FlowDocument flow)
    {
        var map = new Keys()
            .Text("name", flow.Name)
            .Text("version", flow.Version)
            .Text("description", flow.Description)
            .Flag("pipeline_mode", flow.PipelineMode)
            .Text("start", flow.Start)
            .Add("input_facade", flow.InputFacade is null ? null : Facade(flow.InputFacade))
            .Add("nodes", List(flow.Nodes.Select(Placement)))
            .Add("edges", List(flow.Edges.Select(Edge)))
            .Add("output_facade", flow.OutputFacade is null ? null : Facade(flow.OutputFacade));
        if (flow.SecretRefs.Count > 0)
            map.Add(
                "run_config",
                new Keys().Add("secret_refs", List(flow.SecretRefs.Select(Text))).Map
            );
        return map.Map;
    }

    private static MapNode Placement(FlowPlacement node)
    {
        var map = new Keys().Text("alias", node.Alias);
        if (node.Subflow is null)
            map.Text("package", node.Package.ToString()).Text("node", node.Node);
        else
            map.Text("subflow", node.Subflow).Text("input", node.Input).Text("output", node.Output);
        var config = new Keys()
            .Add("join", node.Join is null ? null : Join(node.Join))
            .Add("compose", node.Compose is null ? null : Compose(node.Compose))
            .Add("retry", node.Retry is null ? null : Retry(node.Retry))
            .Number("timeout_ms", node.TimeoutMs)
            .Text("compensate", node.Compensate);
        return map.Number("col", node.Col)
            .Number("row", node.Row)
            .Add("config", config.Map.Entries.Count == 0 ? null : config.Map)
            .Map;
    }

    private static MapNode Edge(FlowEdge edge) =>
        new Keys()
            .Text("from", edge.From)
            .Text("to", edge.To)
            .Add(
                "adapter",
                edge.Adapter is null
                    ? null
                    : Map(edge.Adapter.Select(f => (f.To, (TreeNode)Text(f.From))))
            )
            .Add("condition", edge.Condition is null ? null : Condition(edge.Condition))
            .Flag("loop", edge.Loop)
            .Number("max_iterations", edge.MaxIterations)
            .Flag("on_error", edge.OnError)
            .Add("fan_out", edge.FanOut is null ? null : FanOut(edge.FanOut))
            .Map;

    private static TreeNode Condition(FlowCondition condition) =>
        condition.Cel is not null
            ? Text(condition.Cel)
            : new Keys()
                .Text("op", condition.Op)
                .Text("field", condition.Field)
                .Add("value", Json(condition.Value))
                .Map;

    private static MapNode FanOut(FlowFanOut fanOut) =>
        new Keys()
            .Text("items", fanOut.Items)
            .Number("concurrency", fanOut.Concurrency, UsualFanOut.Concurrency)
            .Number("max_items", fanOut.MaxItems, UsualFanOut.MaxItems)
            .Text("failure_policy", fanOut.FailurePolicy)
            .Map;

    private static MapNode Join(GraphJoin join) =>
        new Keys()
            .Text("kind", join.Kind)
            .Text(
                "failure_policy",
                join.FailurePolicy == GraphJoin.FailFast ? null : join.FailurePolicy
            )
            .Map;

    private static MapNode Retry(GraphRetry retry)
    {
        var usual = new GraphRetry();
        return new Keys()
            .Number("max_attempts", retry.MaxAttempts)
            .Number("initial_interval_ms", retry.InitialIntervalMs, usual.InitialIntervalMs)
            .Real("backoff_coefficient", retry.BackoffCoefficient, usual.BackoffCoefficient)
            .Number("max_interval_ms", retry.MaxIntervalMs, usual.MaxIntervalMs)
            .Real("jitter", retry.Jitter, usual.Jitter)
            .Add("retry_on", retry.RetryOn.Count == 0 ? null : List(retry.RetryOn.Select(Text)))
            .Map;
    }

    private static MapNode Compose(IReadOnlyList<FlowCompose> fields) =>
        new Keys()
            .Add(
                "compose_plan",
                Map(
                    fields.Select(f =>
                        (
                            f.To,
                            (TreeNode)
                                new Keys()
                                    .Text("src_edge", f.Source)
                                    .Text("src_path", f.Path)
                                    .Text("cel", f.Cel)
                                    .Map
                        )
                    )
                )
            )
            .Map;

    private static MapNode Facade(FlowFacade facade) =>
        new Keys()
            .Text("message_name", facade.MessageName)
            .Text("description", facade.Description)
            .Add(
                "fields",
                facade.Fields.Count == 0
                    ? null
                    : Map(
                        facade.Fields.Select(f =>
                            (
                                f.Name,
                                (TreeNode)
                                    new Keys()
                                        .Text("kind", f.Kind)
                                        .Flag("repeated", f.Repeated)
                                        .Flag("optional", f.Optional)
                                        .Text("description", f.Description)
                                        .Map
                            )
                        )
                    )
            )
            .Add("example_input", Json(facade.ExampleInput))
            .Add("join", facade.Join is null ? null : Join(facade.Join))
            .Add("compose", facade.Compose is null ? null : Compose(facade.Compose))
            .Map;

    private static TreeNode? Json(string? json) =>
        json is null ? null : JsonTree.Read(json, new MistakeList(null));

    private static ScalarNode Text(string text) => new(text, ScalarType.Text, 0, 0);

    private static ListNode List(IEnumerable<TreeNode> items) => new([.. items], 0, 0);

    private static MapNode Map(IEnumerable<(string Key, TreeNode Value)> entries) =>
        new([.. entries.Select(e => new MapEntry(e.Key, e.Value, 0, 0))], 0, 0);

    /// <summary>Collects the keys that have something to say.</summary>
    private sealed class Keys
    {
        private readonly List<MapEntry> entries = [];

        public MapNode Map => new(entries, 0, 0);

        public Keys Add(string key, TreeNode? value)
        {
            if (value is not null)
                entries.Add(new MapEntry(key, value, 0, 0));
            return this;
        }

        public Keys Text(string key, string? value) =>
            string.IsNullOrEmpty(value) ? this : Add(key, FlowTree.Text(value));

        public Keys Flag(string key, bool value) =>
            value ? Add(key, new ScalarNode("true", ScalarType.Flag, 0, 0)) : this;

        public Keys Number(string key, long? value, long? usual = null) =>
            value is null || value == usual
                ? this
                : Add(
                    key,
                    new ScalarNode(
                        value.Value.ToString(CultureInfo.InvariantCulture),
                        ScalarType.Number,
                        0,
                        0
                    )
                );

        public Keys Real(string key, double value, double usual) =>
            value.Equals(usual)
                ? this
                : Add(
                    key,
                    new ScalarNode(
                        value.ToString("R", CultureInfo.InvariantCulture),
                        ScalarType.Number,
                        0,
                        0
                    )
                );
    }
}
