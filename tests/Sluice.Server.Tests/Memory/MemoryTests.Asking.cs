using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Flows.Settings;
using Sluice.Server.Tests.Runs;

namespace Sluice.Server.Tests.Memory;

// What nodes ask of a memory, and what is found in it.
public sealed partial class MemoryTests
{
    [Theory]
    [InlineData(false, null, false)]
    [InlineData(false, "true", true)]
    [InlineData(true, null, true)]
    public async Task Turns_are_sealed_as_runs_are_and_entries_are_not(
        bool postgres,
        string? setting,
        bool isSealed
    )
    {
        await using var ground = await Open(
            postgres,
            args: setting is null ? [] : ["--Runs:EncryptPayloads", setting]
        );
        var bench = await ground.NewBench();
        var graph = await bench.Row("chat", "A");
        await Ask(bench, graph, Turn("ada", "canary-turn"));
        await Ask(bench, graph, Entry("canary-entry"));
        var kept = await ground.House.Database.Read(async session =>
            string.Join(
                '\n',
                (
                    await session.Across("a test").Query<byte[]>("SELECT content FROM memory_turns")
                ).Select(System.Text.Encoding.Latin1.GetString)
            ) + await session.Across("a test").First<string>("SELECT content FROM memory_entries")
        );
        Assert.Equal(!isSealed, kept.Contains("canary-turn", StringComparison.Ordinal));
        Assert.Contains("canary-entry", kept, StringComparison.Ordinal);
        Assert.Equal(["canary-turn"], await Turns(bench));
    }

    private static NodeQuestion Turn(string session, string text) =>
        new()
        {
            Kind = QuestionKind.AppendTurn,
            Session = session,
            Role = "user",
            Text = text,
        };

    private static NodeQuestion Last(string session, long count) =>
        new()
        {
            Kind = QuestionKind.LastTurns,
            Session = session,
            Count = count,
        };

    private static NodeQuestion Entry(string text, string session = "") =>
        new()
        {
            Kind = QuestionKind.WriteEntry,
            Session = session,
            Text = text,
            Importance = 0.5,
        };

    private static NodeQuestion Find(string query) =>
        new()
        {
            Kind = QuestionKind.FindEntries,
            Text = query,
            Count = 5,
        };

    private static async Task<NodeAnswer> Ask(
        RunBench bench,
        string graph,
        NodeQuestion question
    ) => (await AskAll(bench, graph, [question]))[0];

    /// <summary>Runs a graph whose node A asks all of this.</summary>
    private static async Task<List<NodeAnswer>> AskAll(
        RunBench bench,
        string graph,
        NodeQuestion[] questions
    )
    {
        var answers = new List<NodeAnswer>();
        bench.Nodes["A"] = async (call, stop) =>
        {
            foreach (var question in questions)
                answers.Add(await call.Questions!(question, stop));
            return PlayedNodes.Trail(call);
        };
        var run = await bench.Invoke(graph);
        Assert.True(RunBench.Status(run) == "succeeded", run.ToString());
        return answers;
    }

    private static async Task<string> IdOf(RunBench bench, string name = "ada") =>
        (await Json(bench.Tenant, $"/api/v1/memory/sessions?name={name}"))
            .GetProperty("data")[0]
            .GetProperty("id")
            .GetString()!;

    private static async Task<string[]> Turns(RunBench bench) =>
        Contents(
            (await Json(bench.Tenant, $"/api/v1/memory/sessions/{await IdOf(bench)}")).GetProperty(
                "turns"
            )
        );

    private static string[] Contents(JsonElement list) =>
        [.. list.EnumerateArray().Select(each => each.GetProperty("content").GetString()!)];

    /// <summary>Rows of the index that have a word.</summary>
    private static Task<long> Words(RunGround ground, string word) =>
        ground.House.Database.Read(session =>
            session
                .Across("a test")
                .First<long>(
                    session.Dialect == Sluice.Server.Store.Dialect.Sqlite
                        ? "SELECT COUNT(*) FROM memory_words WHERE memory_words MATCH @word"
                        : "SELECT COUNT(*) FROM memory_words WHERE words @@ CAST(@word AS TSQUERY)",
                    new { word }
                )
        );

    private static async Task<JsonElement> Json(TestTenant tenant, string path)
    {
        using var answer = await tenant.Get(path);
        var json = await TestHouse.Json(answer);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return json;
    }

    private static async Task<RunGround> Open(
        bool postgres,
        TimeProvider? clock = null,
        params string[] args
    ) =>
        await RunGround.Open(
            postgres ? await Houses.NewPostgres() : null,
            clock: clock,
            args: args
        );
}
