using System.Text;
using System.Text.Json;
using Sluice.Language.Packages;

namespace Sluice.Server.Tests;

/// <summary>Packages and flows for tests: real Python, built and tested by the real server in its sandbox.</summary>
internal static class Workshop
{
    /// <summary>Seed 004's node, and others that do what a test needs; each takes and gives <c>Note</c>.</summary>
    public const string Messages = """
        syntax = "proto3";
        package {0}.works;
        message Note {{
          string text = 1;
          int64 number = 2;
          repeated string trail = 3;
        {1}
        }}
        """;

    /// <summary>
    /// Pushes <c>{handle}/works@{version}</c> with these nodes: name in Pascal case and the body of its handler. A body that
    /// yields is a pipeline node's, whose input is <c>inputs</c>.
    /// </summary>
    public static async Task Push(
        TestTenant tenant,
        IReadOnlyDictionary<string, string> nodes,
        string version = "0.1.0"
    )
    {
        var answer = await TryPush(tenant, nodes, version);
        Assert.True(
            answer.TryGetProperty("success", out var success) && success.GetBoolean(),
            answer.ToString()
        );
    }

    /// <summary>The last line of the push, or the refusal.</summary>
    public static Task<JsonElement> TryPush(
        TestTenant tenant,
        IReadOnlyDictionary<string, string> nodes,
        string version = "0.1.0",
        string field = ""
    ) => Push(tenant, Pack(tenant, nodes, version, field));

    /// <summary>Pushes an archive; answers the last line of the push, or the refusal.</summary>
    public static async Task<JsonElement> Push(TestTenant tenant, byte[] archive)
    {
        using var content = new ByteArrayContent(archive);
        content.Headers.ContentType = new("application/gzip");
        using var answer = await tenant.House.Send(
            HttpMethod.Post,
            "/api/v1/packages",
            key: tenant.Key,
            adjust: request => request.Content = content
        );
        var text = await answer.Content.ReadAsStringAsync();
        return JsonDocument.Parse(text.Trim().Split('\n')[^1]).RootElement.Clone();
    }

    /// <summary>Saves and compiles a flow of these nodes in a row; answers the graph's id.</summary>
    public static Task<string> Chain(TestTenant tenant, string name, params string[] nodes) =>
        Chain(tenant, name, "", nodes);

    /// <summary>The same as a flow over streams.</summary>
    public static Task<string> Pipeline(TestTenant tenant, string name, params string[] nodes) =>
        Chain(tenant, name, "pipeline_mode: true\n", nodes);

    private static Task<string> Chain(TestTenant tenant, string name, string head, string[] nodes)
    {
        var yaml = new StringBuilder(
            $"name: {tenant.Handle}/{name}\nversion: 0.1.0\n{head}nodes:\n"
        );
        for (var i = 0; i < nodes.Length; i++)
            yaml.Append(
                $"  - alias: s{i + 1}\n    package: {tenant.Handle}/works@0.1.0\n    node: {nodes[i]}\n"
            );
        yaml.Append("edges:\n");
        for (var i = 0; i <= nodes.Length; i++)
            yaml.Append(
                $"  - from: {(i == 0 ? "\"@flow_input\"" : $"s{i}")}\n    to: {(i == nodes.Length ? "\"@flow_output\"" : $"s{i + 1}")}\n"
            );
        return Compile(tenant, name, yaml.ToString());
    }

    public static async Task<string> Compile(TestTenant tenant, string name, string yaml)
    {
        var document = JsonSerializer.Serialize(
            new Dictionary<string, string> { ["document"] = yaml }
        );
        using var saved = await tenant.Put($"/api/v1/flows/{tenant.Handle}/{name}", document);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        using var compiled = await tenant.Post($"/api/v1/flows/{tenant.Handle}/{name}/compile");
        Assert.True(compiled.IsSuccessStatusCode, await compiled.Content.ReadAsStringAsync());
        return (await TestHouse.Json(compiled)).GetProperty("graph_id").GetString()!;
    }

    /// <summary>Invokes and answers the body, whatever the status.</summary>
    public static async Task<JsonElement> Invoke(
        TestTenant tenant,
        string graph,
        string input = "{}",
        string more = ""
    )
    {
        using var answer = await tenant.Post(
            "/invocations/v1/flows/invoke",
            $$"""{"graph_id":"{{graph}}","input":{{input}}{{more}}}"""
        );
        return await TestHouse.Json(answer);
    }

    /// <summary>A handler's body, in Python, as the whole file.</summary>
    public static string Handler(string name, string body) =>
        "from typing import Iterator\nfrom gen.messages_pb2 import Note\nfrom gen.axiom_context import AxiomContext\n\n\n"
        + (
            IsPipeline(body)
                ? $"def {name}(ax: AxiomContext, inputs: Iterator[Note]) -> Iterator[Note]:\n"
                : $"def {name}(ax: AxiomContext, input: Note) -> Note:\n"
        )
        + string.Join('\n', body.Split('\n').Select(line => "    " + line))
        + "\n";

    private static bool IsPipeline(string body) => body.Contains("yield", StringComparison.Ordinal);

    private static byte[] Pack(
        TestTenant tenant,
        IReadOnlyDictionary<string, string> nodes,
        string version,
        string field
    )
    {
        var manifest = new StringBuilder(
            $"name: {tenant.Handle}/works\nversion: {version}\nlanguage: python\nnodes:\n"
        );
        var files = new Dictionary<string, byte[]>
        {
            ["requirements.txt"] = [],
            ["messages/messages.proto"] = Encoding.UTF8.GetBytes(
                string.Format(Messages, tenant.Handle.Replace('-', '_'), field)
            ),
        };
        foreach (var (name, body) in nodes)
        {
            var snake = string.Concat(
                name.Select(
                    (c, i) =>
                        char.IsUpper(c)
                            ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c)
                            : c.ToString()
                )
            );
            manifest.Append($"  - name: {name}\n    input: Note\n    output: Note\n");
            if (IsPipeline(body))
                manifest.Append("    type: pipeline\n");
            files[$"nodes/{snake}.py"] = Encoding.UTF8.GetBytes(Handler(snake, body));
            files[$"nodes/{snake}_test.py"] = Encoding.UTF8.GetBytes(
                $"import unittest\nfrom nodes.{snake} import {snake}\n\n\nclass There(unittest.TestCase):\n    def test_is_there(self):\n        self.assertTrue(callable({snake}))\n"
            );
        }
        files["sluice.yaml"] = Encoding.UTF8.GetBytes(manifest.ToString());
        return PackageArchive.Write(new PackageSource(files));
    }
}
