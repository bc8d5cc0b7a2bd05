using Sluice.Runner.Tests.Languages;
using Sluice.Runner.Workers;

namespace Sluice.Runner.Tests.Workers;

/// <summary>Streams that break the protocol, and who may stream at all.</summary>
public sealed class StreamTests
{
    private const string Source = """
        import asyncio, os, select, struct, time

        def raw(ax, inputs):
            for input in inputs:
                os.write(4, bytes.fromhex(input.text))
            time.sleep(60)
            yield

        def flood(ax, inputs):
            for i in range(100):
                os.write(4, struct.pack("<IBI", 0, 80, 1))
            time.sleep(60)
            yield

        async def sign(ax, inputs):
            async for input in inputs:
                if input.text == 'first':
                    yield Text('waits')
                    select.select([3], [], [])
                await asyncio.sleep(0)
                yield Text(ax.secrets.get('NAME')[0])

        def echo(ax, input):
            return Text(input.text)
        """;

    private static WorkerSpec Package =>
        House.Python(Source, "raw pipeline", "flood pipeline", "sign pipeline", "echo");

    [Theory]
    [InlineData(
        "raw",
        "00000000" + "50" + "09000000",
        "it sent a frame of a stream in call 9, which is no stream in flight"
    )]
    [InlineData(
        "raw",
        "04000000" + "51" + "01000000" + "70110100",
        "it gave back more credit than it had taken"
    )]
    [InlineData(
        "raw",
        "03000000" + "51" + "01000000" + "000400",
        "it gave a credit that cannot be read"
    )]
    [InlineData("raw", "01000000" + "42" + "01000000" + "0a", "it ended a stream with a result")]
    [InlineData("raw", "00000000" + "10" + "01000000", "it sent a frame of the unknown kind 16")]
    [InlineData("flood", "", "it sent a frame of its stream without room for it")]
    public async Task A_stream_that_breaks_the_protocol_ends_its_worker_and_nothing_else(
        string node,
        string hex,
        string what
    )
    {
        await using var house = await House.Open();
        await using var call = new StreamedCall(house, Package, node);
        await call.Write([hex]);
        var outcome = await call.Outcome;
        Assert.Equal(
            (
                NodeOutcomeKind.Protocol,
                $"The package's process broke the worker protocol and was ended: {what}."
            ),
            (outcome.Kind, outcome.Message)
        );
        Assert.Equal("here", House.Text(await house.Call(Package, "echo", "here")));
    }

    /// <summary>
    /// The event loop sees that the pipe has something; before it comes to read that, the reader of a secret has taken it, and
    /// all that the host will ever say.
    /// </summary>
    [Fact]
    public async Task An_event_loop_does_not_wait_for_what_a_secrets_reader_took_before_it()
    {
        await using var house = await House.Open();
        var written = new TaskCompletionSource();
        var secret = House.Secret("NAME", "Ada");
        await using var call = new StreamedCall(
            house,
            Package,
            "sign",
            timeout: TimeSpan.FromSeconds(60),
            secrets: async (name, destination, stop) =>
            {
                await written.Task.WaitAsync(stop);
                return await secret(name, destination, stop);
            }
        );
        Assert.True(await call.Write("first"));
        await call.Until(() => call.Stream.FramesOut == 1);
        await call.Write(["second"]);
        written.SetResult();
        Assert.Equal(["waits", "Ada", "Ada"], await call.Read());
        Assert.Equal(NodeOutcomeKind.Succeeded, (await call.Outcome).Kind);
    }

    [Fact]
    public async Task Seats_are_given_together_in_turn_and_never_more_than_there_are()
    {
        var stop = TestContext.Current.CancellationToken;
        var seats = new StreamSeats(most: 6, mostPerTenant: 4);
        Assert.Null(await seats.Take("a", 5, stop));
        var first = await seats.Take("a", 3, stop);
        var second = seats.Take("a", 2, stop);
        var third = seats.Take("a", 1, stop);
        // A tenant that is full keeps nobody else waiting, and its own in their order.
        var other = await seats.Take("b", 3, stop);
        Assert.False(second.IsCompleted || third.IsCompleted);

        using var gone = new CancellationTokenSource();
        var left = seats.Take("b", 1, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        first!.Dispose();
        first.Dispose();
        using var taken = await second;
        using var last = await third;
        // The house is full: six are taken, though the tenant has room.
        var full = seats.Take("a", 1, stop);
        Assert.False(full.IsCompleted);
        other!.Dispose();
        (await full)!.Dispose();
    }
}
