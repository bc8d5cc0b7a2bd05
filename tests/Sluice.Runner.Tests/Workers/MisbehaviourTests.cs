namespace Sluice.Runner.Tests.Workers;

/// <summary>Nodes that do what they should not, and what the caller and the neighbours get to see of it.</summary>
public sealed class MisbehaviourTests
{
    private const string Source = """
        import ctypes, os, struct, sys, time

        def echo(ax, input):
            return Text(input.text)

        def hang(ax, input):
            while True:
                pass

        def flood(ax, input):
            line = 'x' * 1023
            for i in range(1 << 20):
                print(line)
            return Text('done')

        def leave(ax, input):
            os._exit(3)

        def segfault(ax, input):
            ctypes.string_at(0)

        def eat(ax, input):
            whole = []
            while True:
                whole.append(bytearray(1 << 24))

        def fork(ax, input):
            while True:
                os.fork()

        def fail(ax, input):
            raise ValueError('no greeting for ' + input.text)

        def wrong(ax, input):
            return 'a text, not a message'

        def quit(ax, input):
            sys.exit(1)

        def raw(ax, input):
            os.write(4, bytes.fromhex(input.text))
            time.sleep(60)

        def close(ax, input):
            os.close(4)
            time.sleep(60)
        """;

    private static readonly string[] s_nodes =
    [
        "echo",
        "hang",
        "flood",
        "leave",
        "segfault",
        "eat",
        "fork",
        "fail",
        "wrong",
        "quit",
        "raw",
        "close",
    ];

    private static WorkerSpec Package => House.Python(Source, s_nodes);

    [Theory]
    [InlineData(
        "leave",
        NodeOutcomeKind.Crashed,
        "leave did not finish: its process ended with exit code 3."
    )]
    [InlineData(
        "segfault",
        NodeOutcomeKind.Crashed,
        "segfault did not finish: its process crashed with a memory fault."
    )]
    [InlineData("eat", NodeOutcomeKind.OutOfMemory, "eat ran out of memory.")]
    [InlineData(
        "fork",
        NodeOutcomeKind.NodeError,
        "fork failed: PermissionError: [Errno 1] Operation not permitted"
    )]
    [InlineData("fail", NodeOutcomeKind.NodeError, "fail failed: ValueError: no greeting for Ada")]
    [InlineData("wrong", NodeOutcomeKind.NodeError, "wrong failed: it returned str, not Text")]
    [InlineData("quit", NodeOutcomeKind.NodeError, "quit failed: SystemExit: 1")]
    [InlineData(
        "absent",
        NodeOutcomeKind.NodeError,
        "absent failed: the package has no node absent"
    )]
    [InlineData(
        "close",
        NodeOutcomeKind.Crashed,
        "close did not finish: its process closed its end of the pipes and was ended."
    )]
    public async Task A_failing_node_says_why_and_the_next_call_is_served(
        string node,
        NodeOutcomeKind kind,
        string message
    )
    {
        await using var house = await House.Open();

        var outcome = await house.Call(Package, node, "Ada");

        Assert.Equal((kind, message), (outcome.Kind, outcome.Message));
        Assert.Equal("still here", House.Text(await house.Call(Package, "echo", "still here")));
    }

    [Fact]
    public async Task A_failure_carries_the_stack_of_the_authors_code_alone()
    {
        await using var house = await House.Open();
        var outcome = await house.Call(Package, "fail");
        Assert.Contains("/app/nodes/all.py\", line", outcome.Stack, StringComparison.Ordinal);
        Assert.DoesNotContain("_worker", outcome.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hanging_node_is_ended_at_its_deadline_and_its_neighbours_do_not_notice()
    {
        await using var house = await House.Open();
        var hang = house.Call(
            House.A_call(Package, "hang", timeout: TimeSpan.FromMilliseconds(400))
        );

        for (var i = 0; i < 20; i++)
            Assert.Equal(
                "fine",
                House.Text(await house.Call(House.A_call(Package, "echo", "fine", tenant: "other")))
            );

        var outcome = await hang;
        Assert.Equal(NodeOutcomeKind.Timeout, outcome.Kind);
        Assert.Equal("hang was still running after 0.4 s and was stopped.", outcome.Message);
        Assert.InRange(outcome.Duration.TotalMilliseconds, 400, 60_000);
        Assert.Equal("again", House.Text(await house.Call(Package, "echo", "again")));
    }

    [Fact]
    public async Task A_gigabyte_of_output_is_cut_to_a_mebibyte_with_a_note()
    {
        await using var house = await House.Open();
        var before = GC.GetTotalAllocatedBytes();

        var outcome = await house.Call(Package, "flood", timeout: TimeSpan.FromMinutes(5));

        Assert.Equal("done", House.Text(outcome));
        Assert.InRange(outcome.Logs.Sum(line => line.Text.Length), 900_000, 1 << 20);
        Assert.Contains("bytes were dropped", outcome.Logs[^1].Text, StringComparison.Ordinal);
        // Other tests run beside it, and theirs is counted too.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 768L << 20);
    }

    [Theory]
    [InlineData("000000006300000000", "it sent a frame of the unknown kind 99")]
    [InlineData("ffffffff4201000000", "it sent a result of 4294967295 bytes, more than 16777216")]
    [InlineData("000000004207000000", "it answered call 7, which is not in flight")]
    [InlineData(
        "010000004407000000" + "41",
        "it asked for a secret in call 7, which is not in flight"
    )]
    [InlineData(
        "010000004400000000" + "41",
        "it asked for a secret in call 0, which is not in flight"
    )]
    [InlineData(
        "010000004401000000" + "41" + "010000004401000000" + "41",
        "it asked for a secret before it had read what it was sent"
    )]
    [InlineData("010000004401000000" + "ff", "it asked for a secret by a name that is not UTF-8")]
    [InlineData("020000004500000000" + "0801", null)]
    [InlineData("020000004509000000" + "0801", "it logged for call 9, which was never made")]
    [InlineData("020000004100000000" + "0801", "it greeted twice")]
    [InlineData("01000000430100000008", "it sent an error that cannot be read")]
    public async Task A_process_that_breaks_the_protocol_is_ended_with_what_was_wrong(
        string frames,
        string? wrong
    )
    {
        await using var house = await House.Open();
        var never = new TaskCompletionSource<int>();
        var call = House.A_call(
            Package,
            "raw",
            frames,
            timeout: TimeSpan.FromSeconds(wrong is null ? 2 : 60),
            secrets: (_, _, stop) => new ValueTask<int>(never.Task.WaitAsync(stop))
        );

        var outcome = await house.Call(call);

        if (wrong is null)
            Assert.Equal(NodeOutcomeKind.Timeout, outcome.Kind);
        else
            Assert.Equal(
                (
                    NodeOutcomeKind.Protocol,
                    $"The package's process broke the worker protocol and was ended: {wrong}."
                ),
                (outcome.Kind, outcome.Message)
            );
        Assert.Equal("fine", House.Text(await house.Call(Package, "echo", "fine")));
    }

    [Fact]
    public async Task A_package_that_never_gets_ready_is_given_up_at_the_start_deadline()
    {
        await using var house = await House.Open(options =>
            options with
            {
                StartDeadline = TimeSpan.FromMilliseconds(500),
            }
        );
        var outcome = await house.Call(House.Python("while True: pass\n", "node"), "node");
        Assert.Equal(
            (NodeOutcomeKind.Unavailable, "The package did not start within 0.5 s."),
            (outcome.Kind, outcome.Message)
        );
    }

    [Fact]
    public async Task A_package_that_cannot_be_loaded_says_so()
    {
        await using var house = await House.Open();
        var broken = await house.Call(House.Python("import nothing_of_the_kind\n", "node"), "node");
        Assert.Equal(
            "node failed: ModuleNotFoundError: No module named 'nothing_of_the_kind'",
            broken.Message
        );

        var dead = await house.Call(House.Python("import os\nos._exit(7)\n", "node"), "node");
        Assert.Equal(
            (
                NodeOutcomeKind.Unavailable,
                "The package could not be started: its process ended with exit code 7."
            ),
            (dead.Kind, dead.Message)
        );

        var damaged = House.Python("", "node") with { Digest = new string('0', 64) };
        Assert.Equal(
            "The stored package is damaged: its digest is not the one it was built with.",
            (await house.Call(damaged, "node")).Message
        );
    }

    [Fact]
    public async Task A_message_of_megabytes_passes_and_one_over_the_limit_is_refused_without_harm()
    {
        await using var house = await House.Open();
        var large = new string('x', 9 << 20);
        Assert.Equal(large.Length, House.Text(await house.Call(Package, "echo", large)).Length);

        var tooLarge = await house.Call(Package, "echo", new string('x', 17 << 20));
        Assert.Equal(NodeOutcomeKind.NodeError, tooLarge.Kind);
        Assert.Contains("more than a call can carry", tooLarge.Message, StringComparison.Ordinal);
        Assert.Equal(1, house.Runner.Stats.Started);
        Assert.Equal("fine", House.Text(await house.Call(Package, "echo", "fine")));
    }

    [Fact]
    public async Task Calls_at_once_from_many_tenants_all_get_their_own_answer()
    {
        await using var house = await House.Open(options => options with { MaxWorkers = 4 });
        var package = Package;
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(async i =>
                    (
                        i,
                        Outcome: await house.Call(
                            House.A_call(package, "echo", $"{i}", tenant: $"t{i % 8}")
                        )
                    )
                )
        );
        Assert.All(outcomes, each => Assert.Equal($"{each.i}", House.Text(each.Outcome)));
    }
}
