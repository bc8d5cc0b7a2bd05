using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>What the pages of the samples cannot show: their flows under more than one small input.</summary>
public sealed class SampleTests
{
    private const int Pages = 40;

    [Fact]
    public async Task A_long_document_is_read_four_pages_at_a_time_and_comes_out_in_order()
    {
        await using var server = await ServerProcess.Start();
        using var typist = await LoggedIn(server);
        typist.CopySamples();
        typist.Folder = Path.Combine(typist.Folder, "samples", "documents");
        await Do(typist, "push");
        // Each page says one sign, an A or an E; every tenth page is torn.
        const string a = ".#.\n#.#\n###\n#.#\n#.#";
        const string e = "###\n#..\n##.\n#..\n###";
        var sheets = Enumerable
            .Range(0, Pages)
            .Select(i =>
                i % 10 == 9 ? "torn"
                : i % 2 == 0 ? a
                : e
            );
        await File.WriteAllTextAsync(
            Path.Combine(typist.Folder, "long.json"),
            JsonSerializer.Serialize(
                new { name = "long", scan = "SCAN 1\n" + string.Join("\n\f\n", sheets) }
            ),
            TestContext.Current.CancellationToken
        );

        var answer = await Do(typist, "flow", "run", "flow.yaml", "-f", "long.json", "--json");
        var output = answer.GetProperty("output");
        Assert.Equal("incomplete", output.GetProperty("status").GetString());
        Assert.Equal(
            [10, 20, 30, 40],
            output.GetProperty("unreadable").EnumerateArray().Select(n => n.GetInt32())
        );
        Assert.Equal(
            string.Join(
                '\n',
                Enumerable
                    .Range(0, Pages)
                    .Where(i => i % 10 != 9)
                    .Select(i => i % 2 == 0 ? "A" : "E")
            ),
            output.GetProperty("text").GetString()
        );

        var run = await Do(
            typist,
            "runs",
            "get",
            answer.GetProperty("execution_id").GetString()!,
            "--json"
        );
        var calls = run.GetProperty("steps")
            .EnumerateArray()
            .Where(s => s.GetProperty("alias").GetString() == "read")
            .ToArray();
        Assert.Equal(
            Enumerable.Range(0, Pages).SelectMany(i => i % 10 == 9 ? new[] { i, i } : [i]),
            calls.Select(s => s.GetProperty("item").GetInt32()).Order()
        );
        // One call ends before the next begins when both are in the same millisecond.
        var changes = calls
            .SelectMany(s =>
                new[]
                {
                    (At: s.GetProperty("started_at").GetDateTimeOffset(), By: 1),
                    (At: s.GetProperty("ended_at").GetDateTimeOffset(), By: -1),
                }
            )
            .OrderBy(c => c.At)
            .ThenBy(c => c.By);
        var (open, most) = (0, 0);
        foreach (var change in changes)
            most = Math.Max(most, open += change.By);
        Assert.InRange(most, 2, 4);
    }

    private static async Task<Typist> LoggedIn(ServerProcess server)
    {
        var typist = new Typist { ["SLUICE_URL"] = server.Url };
        typist["SLUICE_ADMIN_API_KEY"] = server.AdminKey;
        await typist.LogIn();
        return typist;
    }

    private static async Task<JsonElement> Do(Typist typist, params string[] arguments)
    {
        var typed = await typist.Type(arguments);
        Assert.True(typed.Exit == Exit.Done, typed.All);
        return arguments[^1] == "--json"
            ? JsonSerializer.Deserialize<JsonElement>(typed.Out)
            : default;
    }
}
