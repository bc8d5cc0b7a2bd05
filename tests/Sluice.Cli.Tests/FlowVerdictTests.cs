using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>What is wrong with a flow is told the same by everyone: offline, by the API, and to an editor that holds it as JSON.</summary>
public sealed class FlowVerdictTests
{
    private const string Yaml = """
        name: demo/wrong
        colour: red
        nodes:
          - {alias: sort, package: demo/desk@0.1.0, node: Sort, config: {retry: {max_attempts: 0, retry_on: [NODE_MOOD]}}}
          - {alias: look, package: demo/desk@0.1.0, node: Look, config: {timeout_ms: 0}}
          - {alias: reply, package: demo/desk@0.1.0, node: Reply, config: {join: {kind: AND}}}
          - {alias: reply, package: demo/desk@0.1.0, node: Reply}
          - {alias: nobody, package: demo/desk@9.9.9, node: Sort}
          - {alias: other, package: demo/desk@0.1.0, node: Sorts}
          - {alias: lost, package: demo/desk@0.1.0, node: Sign, config: {compensate: gone}}
          - {alias: round, package: demo/desk@0.1.0, node: Sign}
          - {alias: inner, subflow: 01J0000000000000000000000A}
          - {package: demo/desk@0.1.0, node: Sign}
        edges:
          - {from: "@flow_input", to: sort}
          - {from: sort, to: look, adapter: {id: urgency, colour: topic}}
          - {from: sort, to: look, condition: urgency}
          - {from: sort, to: reply, condition: {op: LIKE, field: topic, value: tea}, adapter: {customer: customer + 1, topic: tops}}
          - {from: round, to: round, loop: true}
          - {from: round, to: nowhere}
          - {from: sort, to: inner, fan_out: {items: topic, concurrency: 99}}
          - {from: reply, to: "@flow_output", adapter: {text: text}}
          - {from: look, to: "@flow_output"}
        """;

    // The same, as an editor writes it.
    private const string Json = """
        {
          "edges": [
            {"from": "@flow_input", "to": "sort"},
            {"from": "sort", "to": "look", "adapter": {"id": "urgency", "colour": "topic"}},
            {"from": "sort", "to": "look", "condition": "urgency"},
            {"from": "sort", "to": "reply", "condition": {"op": "LIKE", "field": "topic", "value": "tea"}, "adapter": {"customer": "customer + 1", "topic": "tops"}},
            {"from": "round", "to": "round", "loop": true},
            {"from": "round", "to": "nowhere"},
            {"from": "sort", "to": "inner", "fan_out": {"items": "topic", "concurrency": 99}},
            {"from": "reply", "to": "@flow_output", "adapter": {"text": "text"}},
            {"from": "look", "to": "@flow_output"}
          ],
          "nodes": [
            {"alias": "sort", "package": "demo/desk@0.1.0", "node": "Sort", "config": {"retry": {"max_attempts": 0, "retry_on": ["NODE_MOOD"]}}},
            {"alias": "look", "package": "demo/desk@0.1.0", "node": "Look", "config": {"timeout_ms": 0}},
            {"alias": "reply", "package": "demo/desk@0.1.0", "node": "Reply", "config": {"join": {"kind": "AND"}}},
            {"alias": "reply", "package": "demo/desk@0.1.0", "node": "Reply"},
            {"alias": "nobody", "package": "demo/desk@9.9.9", "node": "Sort"},
            {"alias": "other", "package": "demo/desk@0.1.0", "node": "Sorts"},
            {"alias": "lost", "package": "demo/desk@0.1.0", "node": "Sign", "config": {"compensate": "gone"}},
            {"alias": "round", "package": "demo/desk@0.1.0", "node": "Sign"},
            {"alias": "inner", "subflow": "01J0000000000000000000000A"},
            {"package": "demo/desk@0.1.0", "node": "Sign"}
          ],
          "colour": "red",
          "name": "demo/wrong"
        }
        """;

    [Fact]
    public async Task One_flow_of_many_mistakes_is_judged_the_same_offline_by_the_api_and_as_json()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = await ServerProcess.Start();
        using var typist = new Typist { ["SLUICE_URL"] = server.Url };
        typist["SLUICE_ADMIN_API_KEY"] = server.AdminKey;
        typist.CopySamples();
        var key = await typist.LogIn();
        var start = typist.Folder;
        typist.Folder = Path.Combine(start, "samples", "desk");
        var pushed = await typist.Type(["push"]);
        Assert.True(pushed.Exit == Exit.Done, pushed.All);
        typist.Folder = start;
        await File.WriteAllTextAsync(Path.Combine(start, "wrong.yaml"), Yaml, stop);

        var offline = await typist.Type([
            "flow",
            "validate",
            "wrong.yaml",
            "--json",
            "--offline",
            "--package",
            "samples/desk",
        ]);
        var asked = await typist.Type(["flow", "validate", "wrong.yaml", "--json"]);
        var editor = await Judged(server, key, Json);

        Assert.Equal((Exit.Invalid, Exit.Invalid), (offline.Exit, asked.Exit));
        // Only about the graph they differ: it is on the server, if anywhere.
        var (here, there) = (offline.Out.Split('\n'), asked.Out.Split('\n'));
        Assert.Equal(
            there.Where(line => !line.Contains("graph `", StringComparison.Ordinal)),
            here.Where(line => !line.Contains("graph `", StringComparison.Ordinal))
        );
        Assert.Equal(there.Length, here.Length);
        Assert.Contains("which is not asked here", offline.Out);
        var told = Mistakes(JsonSerializer.Deserialize<JsonElement>(asked.Out));
        Assert.Equal(told, Mistakes(editor));
        // Neither side may agree by finding little.
        Assert.Equal(
            [],
            new[]
            {
                "cel_type sort -> reply",
                "warning flow_join_single reply",
                "flow_unknown_key flow",
                "flow_retry sort",
                "flow_retry_on sort",
                "flow_timeout look",
                "flow_duplicate_alias reply",
                "flow_unknown_package nobody",
                "flow_unknown_node other",
                "flow_unknown_subflow inner",
                "flow_missing nodes[9]",
                "flow_duplicate_edge sort -> look",
                "flow_condition sort -> reply",
                "flow_loop_unbounded round -> round",
                "flow_unknown_alias lost",
                "flow_fan_out sort -> inner",
                "flow_two_outputs look -> @flow_output",
            }.Except(told)
        );
    }

    [Fact]
    public async Task A_warning_is_a_warning_for_everyone()
    {
        const string yaml = """
            name: demo/warned
            nodes:
              - {alias: sign, package: demo/desk@0.1.0, node: Sign, config: {join: {kind: XOR}}}
            edges:
              - {from: "@flow_input", to: sign}
              - {from: sign, to: "@flow_output"}
            """;
        var stop = TestContext.Current.CancellationToken;
        await using var server = await ServerProcess.Start();
        using var typist = new Typist { ["SLUICE_URL"] = server.Url };
        typist["SLUICE_ADMIN_API_KEY"] = server.AdminKey;
        typist.CopySamples();
        var key = await typist.LogIn();
        typist.Folder = Path.Combine(typist.Folder, "samples", "desk");
        var pushed = await typist.Type(["push"]);
        Assert.True(pushed.Exit == Exit.Done, pushed.All);
        await File.WriteAllTextAsync(Path.Combine(typist.Folder, "warned.yaml"), yaml, stop);

        var offline = await typist.Type(["flow", "validate", "warned.yaml", "--json", "--offline"]);
        var asked = await typist.Type(["flow", "validate", "warned.yaml", "--json"]);
        var editor = await Judged(server, key, yaml);

        Assert.Equal((Exit.Done, Exit.Done), (offline.Exit, asked.Exit));
        Assert.Equal(offline.Out, asked.Out);
        Assert.True(editor.GetProperty("passed").GetBoolean());
        Assert.Equal(["warning flow_join_single sign"], Mistakes(editor));
    }

    /// <summary>As the canvas asks: with the document that it holds, and no file.</summary>
    private static async Task<JsonElement> Judged(ServerProcess server, string key, string document)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.PostAsJsonAsync(
            $"{server.Url}/api/v1/flows/validate",
            new { document },
            TestContext.Current.CancellationToken
        );
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(
            TestContext.Current.CancellationToken
        );
    }

    private static IEnumerable<string> Mistakes(JsonElement verdict) =>
        [
            .. verdict
                .GetProperty("mistakes")
                .EnumerateArray()
                .Select(m =>
                    (m.TryGetProperty("warning", out var w) && w.GetBoolean() ? "warning " : "")
                    + $"{m.GetProperty("code").GetString()} {m.GetProperty("where").GetString()}"
                )
                .Order(StringComparer.Ordinal),
        ];
}
