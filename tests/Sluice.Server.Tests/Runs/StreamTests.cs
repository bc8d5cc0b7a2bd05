using System.Collections.Concurrent;
using System.Text.Json;

namespace Sluice.Server.Tests.Runs;

/// <summary>Flows over streams, from a real worker to the reader of server-sent events.</summary>
public abstract class StreamTests(Houses houses)
{
    private static readonly Dictionary<string, string> s_nodes = new()
    {
        ["Split"] = """
            for input in inputs:
                for word in input.text.split():
                    yield Note(text=word, number=len(word))
            """,
        ["Shout"] = "return Note(text=input.text.upper(), number=input.number)",
        ["Count"] = """
            for number, input in enumerate(inputs, 1):
                ax.log.info("counted", text=input.text)
                yield Note(text=input.text, number=number)
            """,
        ["Endless"] = """
            for input in inputs:
                number = 0
                while input.number == 0 or number < input.number:
                    yield Note(text=input.text, number=number)
                    number += 1
            """,
        ["Snap"] = """
            for input in inputs:
                yield Note(text="one")
                yield Note(text="two")
                raise ValueError("no more")
            """,
        ["First"] = """
            for input in inputs:
                yield input
                return
            """,
    };

    private static readonly ConcurrentDictionary<TestHouse, Lazy<Task<TestTenant>>> s_tenants = [];

    private protected Houses Houses => houses;

    private protected abstract Task<TestHouse> House { get; }

    [Fact]
    public async Task Frames_come_in_their_order_and_the_run_is_on_record()
    {
        var tenant = await Tenant();
        var graph = await Workshop.Compile(
            tenant,
            "words",
            $$"""
            name: {{tenant.Handle}}/words
            pipeline_mode: true
            nodes:
              - {alias: split, package: {{tenant.Handle}}/works@0.1.0, node: Split}
              - {alias: shout, package: {{tenant.Handle}}/works@0.1.0, node: Shout}
              - {alias: count, package: {{tenant.Handle}}/works@0.1.0, node: Count}
            edges:
              - {from: "@flow_input", to: split}
              - {from: split, to: shout, condition: number > 1}
              - {from: shout, to: count, adapter: {text: "text + '!'"} }
              - {from: count, to: "@flow_output"}
            """
        );
        await using var reading = await Reading.Begin(
            tenant,
            graph,
            """{"text":"a rose is a rose"}"""
        );
        await reading.ToEnd();
        Assert.Equal(["ROSE! 1", "IS! 2", "ROSE! 3"], reading.Frames);
        Assert.Equal(
            ("succeeded", 3),
            (reading.Done!["status"]!.GetValue<string>(), reading.Done["frames"]!.GetValue<int>())
        );
        Assert.Null(reading.Error);

        var run = await reading.Record();
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        Assert.Equal(3, run.GetProperty("frames").GetInt32());
        Assert.Equal(
            [("split", 1, 5), ("shout", 3, 3), ("count", 3, 3)],
            run.GetProperty("steps")
                .EnumerateArray()
                .Select(step =>
                    (
                        step.GetProperty("alias").GetString()!,
                        step.GetProperty("frames_in").GetInt32(),
                        step.GetProperty("frames_out").GetInt32()
                    )
                )
        );
        using var logs = await tenant.Get($"/api/v1/runs/{reading.RunId}/logs");
        Assert.Equal(3, (await TestHouse.Json(logs)).GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task A_reader_that_leaves_cancels_the_run()
    {
        var tenant = await Tenant();
        var graph = await Workshop.Pipeline(tenant, "endless", "Endless", "Count");
        await using (var reading = await Reading.Begin(tenant, graph, """{"text":"x"}"""))
        {
            await reading.Next(100);
            Assert.Equal(Enumerable.Range(1, 100).Select(i => $"x {i}"), reading.Frames);
            reading.Leave();
            var run = await reading.Until(run => run.TryGetProperty("ended_at", out _));
            Assert.Equal("cancelled", run.GetProperty("status").GetString());
            Assert.Equal(
                ["cancelled", "cancelled"],
                run.GetProperty("steps")
                    .EnumerateArray()
                    .Select(step => step.GetProperty("status").GetString())
            );
        }
    }

    [Fact]
    public async Task Whenever_a_reader_leaves_its_run_ends()
    {
        const int waves = 6;
        var tenant = await Tenant();
        var graph = await Workshop.Pipeline(tenant, "endless", "Endless", "Count");
        var moments = new Random(7);
        for (var i = 0; i < waves; i++)
        {
            // While frames are on their way to it, and while the server cannot send any more of them.
            var frames = new[] { 0, 1, moments.Next(2, 50), moments.Next(50, 2000) };
            await Task.WhenAll(frames.Select(each => LeaveAfter(tenant, graph, each)));
        }
    }

    private static async Task LeaveAfter(TestTenant tenant, string graph, int frames)
    {
        await using var reading = await Reading.Begin(tenant, graph, """{"text":"x"}""");
        await reading.Next(frames);
        reading.Leave();
        var run = await reading.Until(run => run.TryGetProperty("ended_at", out _));
        Assert.Equal("cancelled", run.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_slow_reader_slows_the_node_and_misses_nothing()
    {
        const int all = 10_000;
        var tenant = await Tenant();
        var graph = await Workshop.Pipeline(tenant, "long", "Endless");
        await using var reading = await Reading.Begin(
            tenant,
            graph,
            $$$"""{"text":"{{{new string('x', 4000)}}}","number":{{{all}}}}"""
        );
        await reading.Next(1);
        // It goes on until everything between the two is full, and not further.
        long before = -1;
        var run = await reading.Until(run =>
        {
            var now = run.GetProperty("steps")[0].GetProperty("frames_out").GetInt64();
            var stands = now == before && now > 0;
            before = now;
            return stands;
        });
        Assert.InRange(before, 1, all / 3);
        Assert.Equal("running", run.GetProperty("status").GetString());
        await reading.ToEnd();
        Assert.Equal(
            Enumerable.Range(0, all),
            reading.Frames.Select(frame => int.Parse(frame.Split(' ')[1]))
        );
    }

    [Fact]
    public async Task An_error_in_the_middle_is_told_after_the_frames_before_it()
    {
        var tenant = await Tenant();
        var graph = await Workshop.Pipeline(tenant, "broken", "Snap", "Shout");
        await using var reading = await Reading.Begin(tenant, graph, "{}");
        await reading.ToEnd();
        Assert.Equal(["ONE 0", "TWO 0"], reading.Frames);
        Assert.Equal(
            ("node_failed", "NODE_ERROR", "s1", "Snap failed: ValueError: no more"),
            (
                reading.Error!["code"]!.GetValue<string>(),
                reading.Error["kind"]!.GetValue<string>(),
                reading.Error["node"]!.GetValue<string>(),
                reading.Error["message"]!.GetValue<string>()
            )
        );
        Assert.Equal(reading.RunId, reading.Error["execution_id"]!.GetValue<string>());
        Assert.Equal("failed", reading.Done!["status"]!.GetValue<string>());
        var run = await reading.Record();
        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.Equal("s1", run.GetProperty("error").GetProperty("node").GetString());
    }

    [Fact]
    public async Task A_deadline_ends_a_stream()
    {
        var tenant = await Tenant();
        var graph = await Workshop.Pipeline(tenant, "endless", "Endless");
        // The start of a worker counts, and takes as long as the machine lets it.
        await using (var warm = await Reading.Begin(tenant, graph, """{"text":"x","number":1}"""))
            await warm.ToEnd();
        await using var reading = await Reading.Begin(
            tenant,
            graph,
            """{"text":"x"}""",
            ""","timeout_ms":1500"""
        );
        await reading.ToEnd();
        Assert.Equal("run_deadline", reading.Error!["code"]!.GetValue<string>());
        Assert.Equal("failed", reading.Done!["status"]!.GetValue<string>());
        Assert.NotEmpty(reading.Frames);
    }

    [Fact]
    public async Task A_node_that_ends_early_ends_the_run_well()
    {
        var tenant = await Tenant();
        var graph = await Workshop.Pipeline(tenant, "one", "Endless", "First");
        await using var reading = await Reading.Begin(tenant, graph, """{"text":"x"}""");
        await reading.ToEnd();
        Assert.Equal(["x 0"], reading.Frames);
        Assert.Equal("succeeded", reading.Done!["status"]!.GetValue<string>());
        Assert.Equal(
            [("s1", "cancelled"), ("s2", "succeeded")],
            (await reading.Record())
                .GetProperty("steps")
                .EnumerateArray()
                .Select(step =>
                    (
                        step.GetProperty("alias").GetString()!,
                        step.GetProperty("status").GetString()!
                    )
                )
                .Order()
        );
    }

    [Fact]
    public async Task A_single_node_is_called_without_a_flow_and_is_on_record()
    {
        var tenant = await Tenant();
        var nodes = $"/invocations/v1/nodes/{tenant.Handle}/works/0.1.0";
        using var answer = await tenant.Post($"{nodes}/Shout", """{"text":"hello","number":2}""");
        var said = await TestHouse.Json(answer);
        Assert.Equal("succeeded", said.GetProperty("status").GetString());
        Assert.Equal("HELLO", said.GetProperty("output").GetProperty("text").GetString());
        using var record = await tenant.Get(
            $"/api/v1/runs/{said.GetProperty("execution_id").GetString()}"
        );
        var run = await TestHouse.Json(record);
        Assert.Equal(
            ($"{tenant.Handle}/works@0.1.0/Shout", 30),
            (
                run.GetProperty("flow").GetString(),
                run.GetProperty("node_timeout_seconds").GetInt32()
            )
        );

        await using (
            var reading = await Reading.At(tenant, $"{nodes}/Split/stream", """{"text":"a bc"}""")
        )
        {
            await reading.ToEnd();
            Assert.Equal(["a 1", "bc 2"], reading.Frames);
            Assert.Equal(2, (await reading.Record()).GetProperty("frames").GetInt32());
        }

        async Task<string> Code(TestTenant by, string path)
        {
            using var refused = await by.Post(path);
            return $"{(int)refused.StatusCode} {(await TestHouse.Json(refused)).GetProperty("code").GetString()}";
        }
        Assert.Equal("409 stream_only", await Code(tenant, $"{nodes}/Split"));
        Assert.Equal("409 not_a_stream", await Code(tenant, $"{nodes}/Shout/stream"));
        Assert.Equal("404 node_not_found", await Code(tenant, $"{nodes}/Whisper"));
        Assert.Equal("400 invalid_input", await Code(tenant, $"{nodes}/Shout?timeout_ms=soon"));
        var other = await (await House).NewTenant();
        Assert.Equal("404 package_not_found", await Code(other, $"{nodes}/Shout"));
        // Those of single nodes are no graphs of flows.
        using var graphs = await tenant.Get("/api/v1/graphs?limit=200");
        Assert.DoesNotContain("@0.1.0/", await graphs.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_stream_is_its_tenants_own_and_nothing_but_a_stream()
    {
        var tenant = await Tenant();
        var other = await (await House).NewTenant();
        var stream = await Workshop.Pipeline(tenant, "words", "Split");
        var single = await Workshop.Chain(tenant, "single", "Shout");
        async Task<string> Code(TestTenant by, string path, string body)
        {
            using var answer = await by.Post(path, body);
            return $"{(int)answer.StatusCode} {(await TestHouse.Json(answer)).GetProperty("code").GetString()}";
        }
        const string invoke = "/invocations/v1/flows/invoke";
        Assert.Equal(
            "404 graph_not_found",
            await Code(other, invoke + "/stream", $$"""{"graph_id":"{{stream}}"}""")
        );
        Assert.Equal(
            "409 stream_only",
            await Code(tenant, invoke, $$"""{"graph_id":"{{stream}}"}""")
        );
        Assert.Equal(
            "409 not_a_stream",
            await Code(tenant, invoke + "/stream", $$"""{"graph_id":"{{single}}"}""")
        );
        Assert.Equal(
            "400 invalid_input",
            await Code(tenant, invoke + "/stream", $$"""{"graph_id":"{{stream}}","wait":false}""")
        );

        await using var reading = await Reading.Begin(tenant, stream, """{"text":"a b"}""");
        await reading.ToEnd();
        using var foreign = await other.Get($"/api/v1/runs/{reading.RunId}");
        Assert.Equal(404, (int)foreign.StatusCode);
        foreach (var act in (string[])["replay", "pause"])
            Assert.Equal(
                "409 stream_only",
                await Code(tenant, $"/api/v1/runs/{reading.RunId}/{act}", "{}")
            );
    }

    /// <summary>One on each store, whose package is built once.</summary>
    private protected async Task<TestTenant> Tenant()
    {
        var house = await House;
        return await s_tenants.GetOrAdd(house, static house => new(() => New(house))).Value;
    }

    private static async Task<TestTenant> New(TestHouse house)
    {
        var tenant = await house.NewTenant();
        await Workshop.Push(tenant, s_nodes);
        return tenant;
    }
}

public sealed class StreamTestsOnSqlite(Houses houses) : StreamTests(houses)
{
    private protected override Task<TestHouse> House => Houses.Sqlite;

    [Fact]
    public async Task A_stream_that_was_cut_off_with_its_server_has_failed()
    {
        var data = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        var first = await TestHouse.Open(data);
        var tenant = await first.NewTenant();
        await Workshop.Push(
            tenant,
            new Dictionary<string, string>
            {
                ["Endless"] = "for input in inputs:\n    while True: yield input",
            }
        );
        var graph = await Workshop.Pipeline(tenant, "endless", "Endless");
        await using var reading = await Reading.Begin(tenant, graph, """{"text":"x"}""");
        await reading.Next(10);
        // It ends while it is read.
        await first.DisposeAsync();

        await using var second = await TestHouse.Open(data);
        // The run is taken up when the server starts, and ends a moment later.
        var shown = await reading.Until(
            run => run.TryGetProperty("ended_at", out _),
            tenant with
            {
                House = second,
            }
        );
        Assert.Equal(
            ("failed", "stream_lost"),
            (
                shown.GetProperty("status").GetString(),
                shown.GetProperty("error").GetProperty("code").GetString()
            )
        );
    }
}

public sealed class StreamTestsOnPostgres(Houses houses) : StreamTests(houses)
{
    private protected override Task<TestHouse> House => Houses.Postgres;
}
