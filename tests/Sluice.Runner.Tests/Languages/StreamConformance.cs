using System.Text;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Tests.Languages;

/// <summary>What the pipeline nodes of the conformance package have to do, in every language alike.</summary>
internal static class StreamConformance
{
    /// <summary>Frames of a window when each costs the least.</summary>
    private const int Most = NodeStream.Window / NodeStream.LeastCost;

    public static readonly string[] Nodes =
    [
        "Mirror", // gives what it takes
        "First", // gives the first frame, and leaves the rest
        "Snap", // gives three frames, and fails
        "Quit", // gives three frames, and ends its process
        "Drain", // takes all, and gives nothing
        "Endless", // gives frames until it is stopped
        "Sign", // reads a secret for each frame, and logs
        "Stall", // takes a frame, and does nothing for ever
    ];

    public static async Task Check(House house, WorkerSpec package)
    {
        await Ten_thousand_frames_go_both_ways_in_order(house, package);
        await A_reader_that_waits_stops_the_node(house, package);
        await A_node_that_waits_stops_the_writer(house, package);
        await What_a_node_leaves_unread_is_no_part_of_the_next_call(house, package);
        await What_came_before_an_end_with_an_error_is_read(house, package);
        await Streams_may_be_empty_and_frames_large(house, package);
        await Secrets_are_read_in_the_middle(house, package);
        await A_node_is_called_as_what_it_is(house, package);
    }

    private static async Task Ten_thousand_frames_go_both_ways_in_order(
        House house,
        WorkerSpec package
    )
    {
        var texts = Enumerable.Range(0, 10_000).Select(i => $"frame {i}").ToList();
        await using var call = new StreamedCall(house, package, "Mirror");
        var written = call.Write(texts);
        Assert.Equal(texts, await call.Read());
        await written;
        var outcome = await call.Outcome;
        Assert.Equal((NodeOutcomeKind.Succeeded, null), (outcome.Kind, outcome.Message));
        Assert.Equal((10_000, 10_000), (call.Stream.FramesIn, call.Stream.FramesOut));
    }

    private static async Task A_reader_that_waits_stops_the_node(House house, WorkerSpec package)
    {
        await using var call = new StreamedCall(house, package, "Endless");
        await call.Write([]);
        await using (var reader = call.Stream.Read().GetAsyncEnumerator())
        {
            Assert.True(await reader.MoveNextAsync());
            await call.Until(() => call.Stream.FramesOut >= Most);
            // Long enough for many more, were there room.
            Assert.Equal("here", House.Text(await house.Call(package, "Echo", "here")));
            Assert.Equal(Most, call.Stream.FramesOut);
            for (var i = 0; i < Most; i++)
                Assert.True(await reader.MoveNextAsync());
            await call.Until(() => call.Stream.FramesOut >= Most + Most / 2);
            Assert.InRange(call.Stream.FramesOut, Most, 2 * Most);
        }
        call.Cancel();
        Assert.Equal(NodeOutcomeKind.Cancelled, (await call.Outcome).Kind);
    }

    private static async Task A_node_that_waits_stops_the_writer(House house, WorkerSpec package)
    {
        await using var call = new StreamedCall(
            house,
            package,
            "Stall",
            TimeSpan.FromMilliseconds(400)
        );
        var written = call.Write(Enumerable.Repeat("more", 10 * Most));
        Assert.Empty(await call.Read());
        await written;
        Assert.InRange(call.Stream.FramesIn, 1, Most + 1);
        var outcome = await call.Outcome;
        Assert.Equal(
            (
                NodeOutcomeKind.Timeout,
                "Stall was silent for 0.4 s, though it was its turn, and was stopped."
            ),
            (outcome.Kind, outcome.Message)
        );
    }

    private static async Task What_a_node_leaves_unread_is_no_part_of_the_next_call(
        House house,
        WorkerSpec package
    )
    {
        for (var i = 0; i < 3; i++)
        {
            await using var call = new StreamedCall(house, package, "First");
            var written = call.Write(Enumerable.Repeat(new string('x', 100_000), 10 * Most));
            Assert.Equal(100_000, Assert.Single(await call.Read()).Length);
            await written;
            Assert.Equal(NodeOutcomeKind.Succeeded, (await call.Outcome).Kind);
            Assert.Equal("next", House.Text(await house.Call(package, "Echo", "next")));
        }
    }

    private static async Task What_came_before_an_end_with_an_error_is_read(
        House house,
        WorkerSpec package
    )
    {
        await using var broken = new StreamedCall(house, package, "Snap");
        await broken.Write(["go"]);
        Assert.Equal(["0", "1", "2"], await broken.Read());
        var outcome = await broken.Outcome;
        Assert.Equal(NodeOutcomeKind.NodeError, outcome.Kind);
        Assert.Matches("no more$", outcome.Message!);

        await using var gone = new StreamedCall(house, package, "Quit");
        await gone.Write(["go"]);
        Assert.Equal(["0", "1", "2"], await gone.Read());
        outcome = await gone.Outcome;
        Assert.Equal(
            (NodeOutcomeKind.Crashed, "Quit did not finish: its process ended with exit code 3."),
            (outcome.Kind, outcome.Message)
        );
    }

    private static async Task Streams_may_be_empty_and_frames_large(House house, WorkerSpec package)
    {
        foreach (
            var (node, texts) in new (string, string[])[]
            {
                ("Mirror", []),
                ("Drain", ["a", "", "b"]),
            }
        )
        {
            await using var empty = new StreamedCall(house, package, node);
            await empty.Write(texts);
            Assert.Empty(await empty.Read());
            Assert.Equal(NodeOutcomeKind.Succeeded, (await empty.Outcome).Kind);
        }

        string[] large = [new('a', 3 << 20), "", new('b', 1 << 20), "small"];
        await using var call = new StreamedCall(house, package, "Mirror");
        var written = call.Write(large);
        Assert.Equal(large, await call.Read());
        await written;
        Assert.Equal(NodeOutcomeKind.Succeeded, (await call.Outcome).Kind);
    }

    private static async Task Secrets_are_read_in_the_middle(House house, WorkerSpec package)
    {
        await using var call = new StreamedCall(house, package, "Sign");
        // More frames than one, so that some lie before the answer in the pipe.
        var written = call.Write(Enumerable.Range(0, 100).Select(i => $"{i}"));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i} Lovelace ♥"), await call.Read());
        await written;
        var outcome = await call.Outcome;
        Assert.Equal(NodeOutcomeKind.Succeeded, outcome.Kind);
        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => $"signing {i}"),
            outcome.Logs.Select(line => line.Text)
        );
    }

    private static async Task A_node_is_called_as_what_it_is(House house, WorkerSpec package)
    {
        await using var call = new StreamedCall(house, package, "Echo");
        await call.Write(["a"]);
        Assert.Empty(await call.Read());
        Assert.Equal("Echo failed: Echo is a unary node", (await call.Outcome).Message);
        Assert.Equal(
            "Mirror failed: Mirror is a pipeline node",
            (await house.Call(package, "Mirror", "a")).Message
        );
    }
}

/// <summary>A call of a pipeline node whose frames are texts.</summary>
internal sealed class StreamedCall : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public StreamedCall(
        House house,
        WorkerSpec package,
        string node,
        TimeSpan? timeout = null,
        SecretReader? secrets = null
    )
    {
        Outcome = house.Runner.Call(
            House.A_call(
                package,
                node,
                timeout: timeout,
                secrets: secrets ?? House.Secret("SIGNATURE", "Lovelace ♥")
            ) with
            {
                Input = default,
                Stream = Stream,
            },
            _stop.Token
        );
    }

    public NodeStream Stream { get; } = new();

    public Task<NodeOutcome> Outcome { get; }

    public void Cancel() => _stop.Cancel();

    /// <summary>Writes all, as far as anybody takes it, and ends the input.</summary>
    public async Task Write(IEnumerable<string> texts)
    {
        foreach (var text in texts)
            if (!await Write(text))
                return;
        Stream.EndInput();
    }

    /// <summary>Writes one; false when nobody takes any more.</summary>
    public async Task<bool> Write(string text)
    {
        var writer = new WireWriter();
        writer.Text(1, text);
        return await Stream.Write(writer.Written.ToArray(), _stop.Token);
    }

    public async Task<List<string>> Read()
    {
        List<string> texts = [];
        await foreach (var frame in Stream.Read(_stop.Token))
        {
            var reader = new WireReader(frame.Span);
            texts.Add(
                reader.Next(out _, out _, out var bytes) ? Encoding.UTF8.GetString(bytes) : ""
            );
        }
        return texts;
    }

    /// <summary>Waits for something that the node does next.</summary>
    public async Task Until(Func<bool> holds)
    {
        for (var i = 0; !holds(); i++)
        {
            Assert.False(Outcome.IsCompleted || i > 12_000, "It did not come to that.");
            await Task.Delay(5, _stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Outcome;
        _stop.Dispose();
    }
}
