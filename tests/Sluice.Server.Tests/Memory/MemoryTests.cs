using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner;
using Sluice.Runner.Tests;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Flows.Settings;
using Sluice.Server.Tests.Runs;

namespace Sluice.Server.Tests.Memory;

/// <summary>What flows remember, on both stores: asked by nodes that the tests play, and read over HTTP.</summary>
public sealed partial class MemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flow_remembers_turns_in_their_order_and_finds_entries_by_their_words(
        bool postgres
    )
    {
        await using var ground = await Open(postgres);
        var bench = await ground.NewBench();
        var tenant = bench.Tenant;
        var graph = await bench.Row("chat", "A");
        var other = await bench.Row("other", "A");
        foreach (var text in (string[])["one", "two", "three"])
            await Ask(bench, graph, Turn("ada", text));
        var turns = (await Ask(bench, graph, Last("ada", 2))).Turns;
        Assert.Equal(["two", "three"], turns.Select(turn => turn.Content));
        Assert.All(turns, turn => Assert.Equal(("ada", "user"), (turn.Session, turn.Role)));
        Assert.Empty((await Ask(bench, graph, Last("bob", 5))).Turns);

        foreach (
            var text in (string[])
                [
                    "Ada likes green tea with honey",
                    "The invoice of March is paid",
                    "Ada lives in Zürich",
                    "Coffee is served at nine",
                    "東京の天気",
                ]
        )
            Assert.Equal(26, (await Ask(bench, graph, Entry(text))).Id.Length);
        await Ask(bench, graph, Entry("Ada hates tea in truth", "ada"));
        Assert.Equal(
            "Ada likes green tea with honey",
            (await Ask(bench, graph, Find("which tea does ada like"))).Entries[0].Content
        );
        // Accents and cases do not matter, the beginning of a word is enough, and words of no spaces are found.
        foreach (var query in (string[])["ZURICH", "züri", "Zürich!\" OR *) NEAR("])
            Assert.Equal(
                ["Ada lives in Zürich"],
                (await Ask(bench, graph, Find(query))).Entries.Select(entry => entry.Content)
            );
        Assert.Single((await Ask(bench, graph, Find("天気"))).Entries);
        Assert.Empty((await Ask(bench, graph, Find("!!! ???"))).Entries);
        // What a session keeps is found in it, beside what is the flow's; nowhere else.
        var own = (await Ask(bench, graph, Find("tea truth") with { Session = "ada" })).Entries;
        Assert.Equal(["session", "flow"], own.Select(entry => entry.ScopeLevel));
        Assert.All(own, entry => Assert.InRange(entry.Score, 0.001, 1));
        Assert.Single((await Ask(bench, graph, Find("tea truth"))).Entries);

        // Another flow of the tenant, and another tenant's flow of the same names, remember nothing of it.
        Assert.Empty((await Ask(bench, other, Last("ada", 5))).Turns);
        Assert.Empty((await Ask(bench, other, Find("tea"))).Entries);

        var flows = await Json(tenant, "/api/v1/memory/flows");
        var flow = Assert.Single(flows.GetProperty("data").EnumerateArray());
        Assert.Equal(
            ($"{tenant.Handle}/chat", 1, 6),
            (
                flow.GetProperty("flow").GetString(),
                flow.GetProperty("sessions").GetInt32(),
                flow.GetProperty("entries").GetInt32()
            )
        );
        var sessions = await Json(tenant, $"/api/v1/memory/sessions?flow={tenant.Handle}/chat");
        var session = Assert.Single(sessions.GetProperty("data").EnumerateArray());
        var shown = await Json(
            tenant,
            $"/api/v1/memory/sessions/{session.GetProperty("id").GetString()}?limit=2"
        );
        Assert.Equal(["one", "two"], Contents(shown.GetProperty("turns")));
        shown = await Json(
            tenant,
            $"/api/v1/memory/sessions/{session.GetProperty("id").GetString()}?cursor={shown.GetProperty("next_cursor").GetString()}"
        );
        Assert.Equal(["three"], Contents(shown.GetProperty("turns")));
        var found = await Json(
            tenant,
            $"/api/v1/memory/entries?flow={tenant.Handle}/chat&q=tea&limit=1"
        );
        Assert.Single(found.GetProperty("data").EnumerateArray());
        Assert.Equal(
            6,
            (await Json(tenant, $"/api/v1/memory/entries?flow={tenant.Handle}/chat"))
                .GetProperty("data")
                .GetArrayLength()
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_tenant_remembers_another_finds_nothing_of(bool postgres)
    {
        await using var ground = await Open(postgres);
        var (mine, theirs) = (await ground.NewBench(), await ground.NewBench());
        var graph = await mine.Row("chat", "A");
        await Ask(mine, graph, Turn("ada", "a secret of mine"));
        await Ask(mine, graph, Entry("a secret entry of mine"));
        var foreign = await theirs.Row("chat", "A");
        // A node that lies: it asks by the names of the other tenant's flow, session and ids.
        var session = await IdOf(mine);
        foreach (
            var name in (string[])
                ["ada", session, $"{mine.Tenant.Handle}/chat/ada", $"../{mine.Tenant.Id}/ada"]
        )
        {
            Assert.Empty((await Ask(theirs, foreign, Last(name, 50))).Turns);
            Assert.Empty(
                (await Ask(theirs, foreign, Find("secret") with { Session = name })).Entries
            );
        }
        Assert.Empty(
            (
                await Json(
                    theirs.Tenant,
                    $"/api/v1/memory/entries?flow={mine.Tenant.Handle}/chat&q=secret"
                )
            )
                .GetProperty("data")
                .EnumerateArray()
        );
        // The other environment of the same tenant and flow remembers nothing of it either.
        var memory = ground.House.Services.GetRequiredService<NodeMemory>();
        var scope = new MemoryScope(mine.Tenant.Id, "test", $"{mine.Tenant.Handle}/chat");
        var stop = TestContext.Current.CancellationToken;
        Assert.Empty((await memory.Answer(scope, Last("ada", 50), "a call", stop)).Turns);
        Assert.Empty((await memory.Answer(scope, Find("secret"), "a call", stop)).Entries);
        Assert.Single(
            (
                await memory.Answer(scope with { Environment = "live" }, Find("secret"), "a", stop)
            ).Entries
        );
        // Ending what is not theirs changes nothing.
        await Ask(
            theirs,
            foreign,
            new NodeQuestion { Kind = QuestionKind.EndSession, Session = "ada" }
        );
        Assert.Equal("", (await Ask(mine, graph, Turn("ada", "still open"))).Code);
        // How well an entry fits says nothing of what others have written.
        var before = (await Ask(mine, graph, Find("secret"))).Entries.Single().Score;
        foreach (var i in Enumerable.Range(0, 5))
            await Ask(theirs, foreign, Entry($"secret {i}"));
        Assert.Equal(before, (await Ask(mine, graph, Find("secret"))).Entries.Single().Score);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_is_made_again_adds_nothing_twice(bool postgres)
    {
        await using var ground = await Open(postgres);
        var bench = await ground.NewBench();
        var graph = await bench.Flow(
            "again",
            ["a A | config: {retry: {max_attempts: 3, initial_interval_ms: 0}}"],
            ["@flow_input a", "a @flow_output"]
        );
        var attempt = 0;
        var ids = new List<string>();
        bench.Nodes["A"] = async (call, stop) =>
        {
            attempt++;
            foreach (var text in (string[])["same", "same", $"answer {attempt}"])
                ids.Add((await call.Questions!(Turn("ada", text), stop)).Id);
            ids.Add((await call.Questions!(Entry("a fact"), stop)).Id);
            return attempt < 3 ? PlayedNodes.Failed() : PlayedNodes.Trail(call);
        };
        Assert.Equal("succeeded", RunBench.Status(await bench.Invoke(graph)));
        // Equal writes of one call are two; those of a further attempt are the same ones; what differs is written.
        Assert.Equal(["same", "same", "answer 1", "answer 2", "answer 3"], await Turns(bench));
        Assert.Equal((ids[0], ids[1], ids[3]), (ids[4], ids[5], ids[7]));
        Assert.NotEqual(ids[0], ids[1]);
        attempt = 2;
        Assert.Equal("succeeded", RunBench.Status(await bench.Invoke(graph)));
        Assert.Equal(8, (await Turns(bench)).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_that_write_at_once_lose_nothing_and_what_is_too_much_to_give_is_left_out(
        bool postgres
    )
    {
        await using var ground = await Open(postgres);
        var bench = await ground.NewBench();
        var graph = await bench.Row("chat", "A");
        var stop = TestContext.Current.CancellationToken;
        var memory = ground.House.Services.GetRequiredService<NodeMemory>();
        var scope = new MemoryScope(bench.Tenant.Id, "live", $"{bench.Tenant.Handle}/chat");
        // Every write comes twice at the same time, as from two servers that both think that a call is theirs.
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i =>
                    memory
                        .Answer(scope, Turn("ada", $"turn {i / 2}"), $"call/{i / 2}", stop)
                        .AsTask()
                )
        );
        Assert.Equal(20, answers.Select(answer => answer.Id).Distinct().Count());
        Assert.All(answers, answer => Assert.Equal("", answer.Code));
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"turn {i}").Order(),
            (await Turns(bench)).Order()
        );
        var large = new string('x', 64 << 10);
        foreach (var i in Enumerable.Range(0, 33))
            await memory.Answer(scope, Turn("eve", $"{i:00}{large[2..]}"), $"large/{i}", stop);
        var given = (await Ask(bench, graph, Last("eve", 200))).Turns;
        Assert.Equal(
            (32, "01", "32"),
            (given.Count, given[0].Content[..2], given[^1].Content[..2])
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_limit_is_an_answer_that_says_which(bool postgres)
    {
        await using var ground = await Open(
            postgres,
            args:
            [
                "--Memory:MaxSessions",
                "2",
                "--Memory:MaxTurns",
                "2",
                "--Memory:MaxEntries",
                "1",
                "--Memory:MaxBytes",
                "200000",
                "--Memory:MaxPerCall",
                "60",
            ]
        );
        var bench = await ground.NewBench();
        var graph = await bench.Row("chat", "A");
        var large = new string('x', 64 << 10);
        (NodeQuestion Asked, string Code)[] all =
        [
            (new NodeQuestion { Kind = QuestionKind.Unknown }, "unsupported"),
            (Turn("", "no session"), "invalid"),
            (Turn("ada", "x") with { Role = "boss" }, "invalid"),
            (Turn("ada", "x\0y"), "invalid"),
            (Turn("a\0da", "x"), "invalid"),
            (Turn(new string('n', 257), "x"), "too_large"),
            (Turn("ada", large + "x"), "too_large"),
            (Turn("ada", "x") with { ToolName = new string('n', 257) }, "too_large"),
            (Last("ada", 0), "invalid"),
            (Last("ada", 201), "invalid"),
            (Last("ada", long.MinValue), "invalid"),
            (Entry(""), "invalid"),
            (Entry(new string('x', (16 << 10) + 1)), "too_large"),
            (Entry("x") with { Importance = 1.1 }, "invalid"),
            (Entry("x") with { Importance = double.NaN }, "invalid"),
            (Find(new string('x', 1025)), "too_large"),
            (Find("x") with { Count = 51 }, "invalid"),
            (Turn("ada", large), ""),
            (Turn("ada", large), ""),
            (Turn("ada", "a third"), "full"),
            (Turn("bob", large), ""),
            (Turn("bob", large), "full"),
            (Turn("eve", "a third session"), "full"),
            (new NodeQuestion { Kind = QuestionKind.EndSession, Session = "bob" }, ""),
            (Turn("bob", "after the end"), "ended"),
            (Entry("the only one"), ""),
            (Entry("a second"), "full"),
            (Last("ada", 200), ""),
        ];
        var answers = await AskAll(bench, graph, [.. all.Select(each => each.Asked)]);
        Assert.Equal(all.Select(each => each.Code), answers.Select(answer => answer.Code));
        Assert.All(
            answers.Where(answer => answer.Code.Length > 0),
            answer => Assert.EndsWith(".", answer.Message)
        );
        var many = await AskAll(bench, graph, [.. Enumerable.Repeat(Last("ada", 1), 61)]);
        Assert.Equal("rate_limited", many[60].Code);
        Assert.Equal("", many[59].Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_deleted_or_past_its_time_is_gone_and_is_counted_no_more(bool postgres)
    {
        var clock = new ManualClock();
        await using var ground = await Open(postgres, clock);
        var bench = await ground.NewBench();
        var tenant = bench.Tenant;
        var graph = await bench.Row("chat", "A");
        foreach (var name in (string[])["ada", "bob", "eve"])
        {
            await Ask(bench, graph, Turn(name, $"turn of {name}"));
            await Ask(bench, graph, Entry($"entry of {name}", name));
        }
        var entry = (await Ask(bench, graph, Entry("entry of the flow"))).Id;

        async Task<(int, int, int)> Counts()
        {
            var flow = (await Json(tenant, "/api/v1/memory/flows")).GetProperty("data");
            return flow.GetArrayLength() == 0
                ? default
                : (
                    flow[0].GetProperty("sessions").GetInt32(),
                    flow[0].GetProperty("entries").GetInt32(),
                    flow[0].GetProperty("bytes").GetInt32()
                );
        }

        Assert.Equal((3, 4, 3 * 11 + 3 * 12 + 17), await Counts());
        using (var gone = await tenant.Delete($"/api/v1/memory/entries/{entry}"))
            Assert.Equal(204, (int)gone.StatusCode);
        Assert.Empty((await Ask(bench, graph, Find("entry flow"))).Entries);
        using (
            var gone = await tenant.Delete($"/api/v1/memory/sessions/{await IdOf(bench, "ada")}")
        )
            Assert.Equal(204, (int)gone.StatusCode);
        Assert.Equal((2, 2, 2 * 11 + 2 * 12), await Counts());
        Assert.Empty((await Ask(bench, graph, Last("ada", 5))).Turns);
        Assert.Equal(0, await Words(ground, "ada"));

        await tenant.Put("/api/v1/settings", """{"memory_days":10}""");
        clock.Advance(TimeSpan.FromDays(9));
        await Ask(bench, graph, Turn("bob", "again"));
        clock.Advance(TimeSpan.FromDays(2));
        await ground
            .House.Services.GetRequiredService<RunRemover>()
            .Round(TestContext.Current.CancellationToken);
        // Bob's session is used still, his entry is too old.
        Assert.Equal((1, 0, 11 + 5), await Counts());
        Assert.Equal(0, await Words(ground, "entry"));

        using (var gone = await tenant.Delete($"/api/v1/memory/flows/{tenant.Handle}/chat"))
            Assert.Equal(204, (int)gone.StatusCode);
        Assert.Equal(default, await Counts());
        using (var facts = await tenant.Post("/api/v1/audit/search"))
            Assert.Equal(
                3,
                (await facts.Content.ReadAsStringAsync()).Split("\"action\":\"memory.").Length - 1
            );
        foreach (
            var table in (string[])
                [
                    "memory_flows",
                    "memory_sessions",
                    "memory_turns",
                    "memory_entries",
                    "memory_words",
                ]
        )
            Assert.Equal(
                0,
                await ground.House.Database.Read(session =>
                    session.Across("a test").First<long>($"SELECT COUNT(*) FROM {table}")
                )
            );
    }
}
