using System.Diagnostics;

namespace Sluice.Runner.Tests.Workers;

/// <summary>Not a test: what a call costs on this machine. Run with <c>--explicit only</c>.</summary>
public sealed class Bench
{
    [Theory(Explicit = true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(16, false)]
    [InlineData(64, true)]
    public async Task A_trivial_call(int clients, bool withSecret)
    {
        const int total = 20_000;
        await using var house = await House.Open();
        var package = House.Python(
            "def echo(ax, input): return Text(input.text)\ndef secret(ax, input): return Text(ax.secrets.get('S')[0])",
            "echo",
            "secret"
        );
        var call = House.A_call(
            package,
            withSecret ? "secret" : "echo",
            "hello",
            secrets: House.Secret("S", "Lovelace")
        );
        await Run(house, call, clients, 2000);
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        var times = await Run(house, call, clients, total);
        var took = clock.Elapsed;
        var used = Process.GetCurrentProcess().TotalProcessorTime - processor;
        Array.Sort(times);
        TestContext.Current.SendDiagnosticMessage(
            $"clients {clients}, secret {withSecret}: {total / took.TotalSeconds:0} calls/s, p50 {times[total / 2]:0.0} us, p99 {times[total * 99 / 100]:0.0} us, host cpu {used.TotalMicroseconds / total:0.0} us/call, workers started {house.Runner.Stats.Started}"
        );
    }

    private static async Task<double[]> Run(House house, NodeCall call, int clients, int total)
    {
        var times = new double[total];
        var next = -1;
        await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        int i;
                        while ((i = Interlocked.Increment(ref next)) < total)
                        {
                            var began = Stopwatch.GetTimestamp();
                            var outcome = await house.Runner.Call(call, CancellationToken.None);
                            times[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
                            Assert.True(outcome.Kind == NodeOutcomeKind.Succeeded, outcome.Message);
                        }
                    })
                )
        );
        return times;
    }
}
