using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;
using Sluice.Language.Flows;
using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Flows;

/// <summary>The editable document in its two forms.</summary>
public sealed class FlowFormTests
{
    /// <summary>Every key that a flow can have.</summary>
    internal const string Everything = """
        # A comment, which no form but the author's own keeps.
        name: demo/everything
        version: 1.2.3-beta.1
        description: |
          Two lines: with a colon,
            an indent and "quotes".
        start: split
        pipeline_mode: false
        input_facade:
          message_name: Ask
          description: What comes in
          fields:
            name: {kind: string, description: "whose # book"}
            tags: {kind: string, repeated: true}
            since: {kind: google.protobuf.Timestamp, optional: true}
          example_input: {name: Ada, tags: ["yes", "5", ""], since: "2026-01-01T00:00:00Z", deep: [0x1F, 1.50, .5, -0, null, true, {a: []}, .inf]}
        nodes:
          - alias: split
            package: demo/pages@1.0.0
            node: Split
            col: 1
            row: 2
            config:
              timeout_ms: 1500
              compensate: undo
              retry:
                max_attempts: 5
                initial_interval_ms: 0
                backoff_coefficient: 1.25
                max_interval_ms: 5000
                jitter: 0.1
                retry_on: [NODE_TIMEOUT, NODE_ERROR]
          - alias: inner
            subflow: 01J0000000000000000000000A
            input: Page
            output: demo.pages.Read
            config:
              join: {kind: XOR, failure_policy: TOLERATE_FAILURES}
              compose:
                compose_plan:
                  text: {src_edge: split, src_path: title}
                  number: {cel: "size(inputs.split.pages) + 1"}
          - alias: undo
            package: demo/pages@1.0.0
            node: Undo
        edges:
          - from: "@flow_input"
            to: split
            adapter:
              name: name
              no: "true"
              title: "'a: b' + \"\\n\""
          - from: split
            to: inner
            condition: {op: in, field: tags, value: [a, 5, true, "5"]}
            fan_out: {items: pages, concurrency: 3, max_items: 40, failure_policy: FAIL_FAST}
          - from: inner
            to: split
            condition: size(tags) > 3 && !('x' in tags)
            loop: true
            max_iterations: 7
          - from: split
            to: undo
            on_error: true
            condition: {op: EXISTS, field: message, value: false}
          - from: inner
            to: "@flow_output"
        output_facade:
          message_name: Answer
          fields:
            text: {kind: string}
          join: {failure_policy: TOLERATE_FAILURES}
          compose: {compose_plan: {text: {cel: "inputs.inner.text"}}}
        run_config:
          secret_refs: [API_KEY, OTHER]
        """;

    private static FlowDocument Read(string text, string file = "flow.yaml")
    {
        var reading = FlowReader.Read(text, file);
        Assert.Empty(reading.Mistakes);
        return reading.Value!;
    }

    [Fact]
    public void Every_key_is_read()
    {
        var flow = Read(Everything);

        // What is at its default here would be lost unseen; the two that have to be are named.
        string[] usual = ["PipelineMode"];
        foreach (var property in Said(flow.GetType()).Where(p => !usual.Contains(p.Name)))
            Assert.False(IsUsual(property.GetValue(flow)), property.Name);
        var placements = flow.Nodes;
        foreach (var property in Said(typeof(FlowPlacement)))
            Assert.Contains(placements, p => !IsUsual(property.GetValue(p)));
        foreach (var property in Said(typeof(FlowEdge)))
            Assert.Contains(flow.Edges, e => !IsUsual(property.GetValue(e)));
        Assert.Equal("IN", flow.Edges[1].Condition!.Op);
        Assert.Equal("[\"a\",5,true,\"5\"]", flow.Edges[1].Condition!.Value);
        Assert.Equal(
            "{\"name\":\"Ada\",\"tags\":[\"yes\",\"5\",\"\"],\"since\":\"2026-01-01T00:00:00Z\",\"deep\":[31,1.50,0.5,-0,null,true,{\"a\":[]},\"Infinity\"]}",
            flow.InputFacade!.ExampleInput
        );
    }

    [Fact]
    public void A_document_goes_from_yaml_to_json_and_back_without_loss()
    {
        var flow = Read(Everything);

        var fromJson = FlowDocument.FromJson(flow.ToJson());
        Assert.Empty(fromJson.Mistakes);
        Same(flow, fromJson.Value, "flow");
        Assert.Equal(flow.ToJson(), fromJson.Value!.ToJson());

        var fromYaml = Read(fromJson.Value.ToYaml());
        Same(flow, fromYaml, "flow");
        Assert.Equal(flow.ToYaml(), fromYaml.ToYaml());
    }

    [Fact]
    public void Canonical_yaml_is_stable_and_easy_to_read()
    {
        var yaml = Read(
                """
                {"edges": [{"to": "a", "from": "@flow_input", "condition": {"op": "CEL", "cel": "name == \"x\""}}, {"from": "a", "to": "@flow_output"}],
                 "nodes": [{"node": "Name", "package": "demo/text@1.0.0", "alias": "a", "config": {"retry": {"max_attempts": 3}}}],
                 "description": "Two\nlines", "name": "demo/flow"}
                """
            )
            .ToYaml();

        Assert.Equal(
            """
            name: demo/flow
            description: |-
              Two
              lines
            nodes:
              - alias: a
                package: demo/text@1.0.0
                node: Name
                config:
                  retry:
                    max_attempts: 3
            edges:
              - from: "@flow_input"
                to: a
                condition: name == "x"
              - from: a
                to: "@flow_output"

            """,
            yaml
        );
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("no")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("0x1F")]
    [InlineData("1:30")]
    [InlineData(" leading")]
    [InlineData("trailing ")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("- a")]
    [InlineData("{a}")]
    [InlineData("@a")]
    [InlineData("'a'")]
    [InlineData("a\tb")]
    [InlineData("a\u0085b\u2028c\ufeff")]
    [InlineData("\u0001\\\"")]
    [InlineData("a\nb")]
    [InlineData("a\nb\n")]
    [InlineData("a\nb\n\n")]
    [InlineData("\na")]
    [InlineData("a\n b\n\nc")]
    [InlineData("a \nb")]
    [InlineData("a\r\nb")]
    [InlineData("ends:")]
    [InlineData("é 漢 🙂")]
    public void Any_text_survives_both_forms(string text)
    {
        var flow = Read(Everything) with { Description = text };

        Assert.Equal(text, Read(flow.ToYaml()).Description);
        Assert.Equal(text, FlowDocument.FromJson(flow.ToJson()).Value!.Description);
    }

    [Fact]
    public void The_json_form_has_the_keys_of_the_yaml_form()
    {
        var json = JsonNode.Parse(Read(Everything).ToJson())!;

        Assert.Equal("demo/everything", (string?)json["name"]);
        Assert.Equal(1500, (int?)json["nodes"]![0]!["config"]!["timeout_ms"]);
        Assert.Equal("split", (string?)json["edges"]![1]!["from"]);
        Assert.Equal(3, (int?)json["edges"]![1]!["fan_out"]!["concurrency"]);
    }

    [Theory]
    [InlineData("max_attempts: 5", "max_attempts: five", "flow_type")]
    [InlineData("jitter: 0.1", "jitter: .nan", "flow_type")]
    [InlineData("col: 1", "col: -1", "flow_cell")]
    [InlineData("secret_refs: [API_KEY, OTHER]", "secret_refs: [API-KEY]", "flow_secret_ref")]
    [InlineData("subflow: 01J0000000000000000000000A", "subflow: a b", "flow_subflow")]
    [InlineData("alias: inner", "alias: flow_input", "flow_alias")]
    [InlineData("message_name: Ask", "message_name: ask", "flow_message_name")]
    [InlineData("items: pages", "items: 'pages[0]'", "flow_items")]
    [InlineData("loop: true", "loop: often", "flow_type")]
    [InlineData("compose_plan:\n", "compose_plan: {}\n", "flow_compose")]
    [InlineData("start: split", "start: 9", "flow_start")]
    [InlineData("kind: string, repeated", "kind: \"string[]\", repeated", "flow_kind")]
    [InlineData("timeout_ms: 1500", "timeout: 1500", "flow_unknown_key")]
    [InlineData("    subflow: ", "    package: demo/text@1.0.0\n    subflow: ", "flow_subflow")]
    [InlineData("{name: Ada, tags", "[{name: Ada}, tags", "flow_example")]
    public void A_mistake_of_form_has_a_code_and_a_place(string good, string bad, string code)
    {
        var text = Everything.Replace(good, bad);
        if (bad.StartsWith("[{name", StringComparison.Ordinal))
            text = text.Replace(".inf]}", ".inf]]").Replace("tags: [\"yes\"", "[\"yes\"");
        if (code == "flow_compose")
            text = text.Replace("          text: {src_edge: split, src_path: title}\n", "")
                .Replace("          number: {cel: \"size(inputs.split.pages) + 1\"}\n", "");
        Assert.NotEqual(Everything, text);

        var reading = FlowReader.Read(text, "flow.yaml");

        Assert.Null(reading.Value);
        var mistake = Assert.Single(reading.Mistakes, m => m.Code == code);
        Assert.NotNull(mistake.Where);
        Assert.True(mistake.Line > 1);
    }

    private static IEnumerable<PropertyInfo> Said(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p =>
                p.Name is not ("At" or "ValueAt" or "File" or "HasComments" or "EqualityContract")
            );

    private static bool IsUsual(object? value) =>
        value switch
        {
            null or "" or 0 or 0L or false => true,
            PackageReference { Name: "" } => true,
            IEnumerable list and not string => !list.Cast<object>().Any(),
            _ => false,
        };

    /// <summary>Compares all that two documents say, without a word of where it stands.</summary>
    internal static void Same(object? a, object? b, string path)
    {
        if (a is null || b is null || a is string || a.GetType().IsPrimitive)
        {
            Assert.True(Equals(a, b), $"{path}: {a ?? "nothing"} became {b ?? "nothing"}");
            return;
        }
        if (a is IEnumerable first && b is IEnumerable second)
        {
            object[] x = [.. first.Cast<object>()];
            object[] y = [.. second.Cast<object>()];
            Assert.True(x.Length == y.Length, $"{path}: {x.Length} became {y.Length}");
            for (var i = 0; i < x.Length; i++)
                Same(x[i], y[i], $"{path}[{i}]");
            return;
        }
        foreach (var property in Said(a.GetType()))
            Same(property.GetValue(a), property.GetValue(b), $"{path}.{property.Name}");
    }
}
