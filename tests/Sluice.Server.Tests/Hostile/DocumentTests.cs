using System.Text;
using System.Text.Json;
using Sluice.Language.Packages;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Documents with mistakes, through the API: each mistake with its place and what was expected, all at once.</summary>
public sealed class DocumentTests(Houses houses)
{
    private readonly List<string> _wrong = [];

    [Fact]
    public async Task All_mistakes_of_a_flow_come_at_once_each_with_its_place()
    {
        var tenant = await (await houses.Sqlite).NewTenant();
        var answer = await Save(
            tenant,
            $"""
            name: {tenant.Handle}/bad
            version: nope
            colour: blue
            nodes:
              - alias: a
                package: {tenant.Handle}/works
                node: 7
              - alias: a
                package: {tenant.Handle}/works@0.1.0
                nod: Echo
            edges:
              - from: nowhere
                to: "@flow_output"
              - from: 3
            """
        );
        var mistakes = answer.GetProperty("mistakes").EnumerateArray().ToList();
        Assert.True(mistakes.Count >= 6, answer.ToString());
        Assert.All(
            mistakes,
            mistake =>
            {
                Assert.Equal("flow.yaml", mistake.GetProperty("file").GetString());
                Assert.InRange(mistake.GetProperty("line").GetInt32(), 1, 15);
                Assert.InRange(mistake.GetProperty("column").GetInt32(), 1, 40);
                Assert.True(mistake.GetProperty("message").GetString()!.Length > 10);
            }
        );
        foreach (var line in (int[])[2, 3, 6, 7, 10])
            Assert.Contains(mistakes, mistake => mistake.GetProperty("line").GetInt32() == line);
    }

    [Fact]
    public async Task A_hostile_document_is_refused_with_a_place()
    {
        var tenant = await (await houses.Sqlite).NewTenant();
        var laughs = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 12; i++)
            laughs.Append(
                $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"
            );
        foreach (
            var document in (string[])
                [
                    "",
                    "\t",
                    "- a\n- b",
                    "plain text",
                    "{",
                    "name: \"unclosed",
                    "name: 'unclosed",
                    "name: a/b\n\tversion: 1",
                    "name: a/b\nname: a/c",
                    "a: &x [*x]",
                    "a: *nothing",
                    "--- \na: 1\n---\nb: 2",
                    "%YAML 9.9\n---\na: 1",
                    "!!python/object/apply:os.system ['id']",
                    "? [complex, key]\n: x",
                    "<<: {a: 1}",
                    laughs.ToString(),
                    new string('[', 10_000),
                    string.Concat(Enumerable.Repeat("- ", 10_000)),
                    string.Concat(Enumerable.Repeat("a: {", 5_000)),
                    "name: |\n" + new string(' ', 500_000) + "x",
                    new string('\u2028', 1000),
                    "\uFEFF\uFEFFname: a/b",
                    "name: \u0007",
                    "nodes: " + string.Join('\n', Enumerable.Repeat("- {}", 20_000)),
                    "nodes:\n" + string.Join('\n', Enumerable.Repeat("  - {}", 50_000)),
                ]
        )
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var answer = await Save(tenant, document);
            var what = Answers.Clip(document.ReplaceLineEndings("⏎"))[
                ..Math.Min(60, document.Length)
            ];
            if (
                !answer.TryGetProperty("mistakes", out var mistakes)
                || mistakes.GetArrayLength() is 0 or > 201
            )
                _wrong.Add($"{what}: {Answers.Clip(answer.ToString())}");
            else if (
                mistakes
                    .EnumerateArray()
                    .Any(each =>
                        each.GetProperty("code").GetString() != "more"
                        && !each.TryGetProperty("line", out var _)
                    )
            )
                _wrong.Add(
                    $"{what}: a mistake without its place: {Answers.Clip(mistakes.ToString())}"
                );
            if (Answers.Leak(answer.ToString()) is { } leak)
                _wrong.Add($"{what}: shows {leak}");
            if (watch.Elapsed > TimeSpan.FromSeconds(40))
                _wrong.Add($"{what}: took {watch.Elapsed}");
        }
        Report();
    }

    [Fact]
    public async Task All_mistakes_of_a_package_come_at_once_each_with_its_place()
    {
        var tenant = await (await houses.Sqlite).NewTenant();
        var answer = await Push(
            tenant,
            $"name: {tenant.Handle}/works\nversion: 1\nlanguage: cobol\nnodes:\n  - name: Echo\n    input: Nothing\n    output: Note\n",
            """
            syntax = "proto3";
            package x;
            message Note {
              string text = 0;
              strin other = 2;
              int32 again = 2;
            }
            message Note { }
            """
        );
        var mistakes = answer.GetProperty("mistakes").EnumerateArray().ToList();
        foreach (
            var (file, line) in ((string, int)[])
                [
                    ("sluice.yaml", 2),
                    ("sluice.yaml", 3),
                    ("messages/messages.proto", 4),
                    ("messages/messages.proto", 5),
                    ("messages/messages.proto", 6),
                    ("messages/messages.proto", 8),
                ]
        )
            Assert.True(
                mistakes.Any(each =>
                    each.TryGetProperty("file", out var at)
                    && at.GetString() == file
                    && each.TryGetProperty("line", out var number)
                    && number.GetInt32() == line
                ),
                $"{file}:{line} is not in {answer}"
            );
    }

    [Fact]
    public async Task All_mistakes_of_an_input_come_at_once_each_with_its_path()
    {
        var tenant = await (await houses.Sqlite).NewTenant();
        await Workshop.Push(tenant, new Dictionary<string, string> { ["Echo"] = "return input" });
        var graph = await Workshop.Chain(tenant, "echo", "Echo");
        var answer = await Workshop.Invoke(
            tenant,
            graph,
            """{"text":7,"number":"many","trail":["a",1,null],"other":{"deep":1}}"""
        );
        var paths = answer
            .GetProperty("mistakes")
            .EnumerateArray()
            .Select(each => each.GetProperty("where").GetString())
            .ToList();
        foreach (var path in (string[])["text", "number", "trail[1]", "trail[2]", "other"])
            Assert.Contains(paths, where => where!.EndsWith(path, StringComparison.Ordinal));
        foreach (
            var input in (string[])
                [
                    "null",
                    "[]",
                    "7",
                    "\"text\"",
                    """{"text":"a","text":"b"}""",
                    """{"number":1e400}""",
                    """{"number":9223372036854775808}""",
                    """{"number":1.5}""",
                    """{"text":"\ud800"}""",
                    $$"""{"trail":{{new string('[', 90)}}{{new string(']', 90)}}}""",
                    $$"""{"number":{{new string('9', 1_000_000)}}}""",
                ]
        )
        {
            var refused = await Workshop.Invoke(tenant, graph, input);
            if (
                !refused.TryGetProperty("mistakes", out var mistakes)
                || mistakes.GetArrayLength() == 0
                || Answers.Leak(refused.ToString()) is not null
            )
                _wrong.Add($"{Answers.Clip(input)}: {Answers.Clip(refused.ToString())}");
        }
        Report();
    }

    [Fact]
    public async Task Control_characters_in_a_package_and_its_build_break_nothing()
    {
        foreach (var house in (TestHouse[])[await houses.Sqlite, await houses.Postgres])
        {
            var tenant = await house.NewTenant();
            var answer = await Push(
                tenant,
                $"name: {tenant.Handle}/works\nversion: 0.1.0\nlanguage: python\ndescription: \"a\\0b\"\nnodes:\n  - name: Echo\n    input: Note\n    output: Note\n",
                "syntax = \"proto3\";\npackage x;\nmessage Note {\n  string text = 1;\n}\n",
                "import sys\nsys.stdout.buffer.write(b'\\x00\\x1b[31m\\xff\\xfe\\r\\n')\nprint('\\x00\\x07' * 100000)\n"
            );
            if (answer.TryGetProperty("success", out var success) && success.GetBoolean())
            {
                var shown = await TestHouse.Json(
                    await tenant.Get($"/api/v1/packages/{tenant.Handle}/works/0.1.0")
                );
                Assert.DoesNotContain(
                    shown.GetProperty("build_log").GetString()!,
                    letter => char.IsControl(letter) && letter is not ('\n' or '\t')
                );
            }
            else
            {
                Assert.Null(Answers.Leak(answer.ToString()));
                Assert.True(answer.TryGetProperty("code", out var code), answer.ToString());
                Assert.NotEqual("internal_error", code.GetString());
            }
        }
    }

    private static async Task<JsonElement> Save(TestTenant tenant, string document)
    {
        using var answer = await tenant.Put(
            $"/api/v1/flows/{tenant.Handle}/bad",
            JsonSerializer.Serialize(new Dictionary<string, string> { ["document"] = document })
        );
        Assert.InRange((int)answer.StatusCode, 400, 499);
        return await TestHouse.Json(answer);
    }

    private static async Task<JsonElement> Push(
        TestTenant tenant,
        string manifest,
        string proto,
        string extra = ""
    )
    {
        var files = new Dictionary<string, byte[]>
        {
            ["sluice.yaml"] = Encoding.UTF8.GetBytes(manifest),
            ["requirements.txt"] = [],
            ["messages/messages.proto"] = Encoding.UTF8.GetBytes(proto),
            ["nodes/echo.py"] = Encoding.UTF8.GetBytes(
                extra + Workshop.Handler("echo", "return input")
            ),
            ["nodes/echo_test.py"] = Encoding.UTF8.GetBytes(
                "import unittest\nfrom nodes.echo import echo\n\n\nclass There(unittest.TestCase):\n    def test_is_there(self):\n        self.assertTrue(callable(echo))\n"
            ),
        };
        using var content = new ByteArrayContent(PackageArchive.Write(new PackageSource(files)));
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

    private void Report()
    {
        if (_wrong.Count > 0)
            Assert.Fail(string.Join('\n', _wrong));
    }
}
