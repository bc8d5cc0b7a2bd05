using Sluice.Runner.Builds;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Tests.Abuse;

/// <summary>Builds run the author's code as well, and with processes. Here only what differs from workers.</summary>
public sealed class BuildTests(Arena arena)
{
    /// <summary>What a Python program prints that is run as a build is, with small limits.</summary>
    private async Task<List<string>> Run(string tier, string script)
    {
        var house = await arena.House(tier);
        var result = Path.Combine(house.Folder, "scratch", Path.GetRandomFileName());
        List<string> said = [];
        var end = await BuildProcess.Run(
            house.Runner.Tier!,
            new SandboxTask
            {
                TenantId = $"builder {Guid.NewGuid()}",
                AppSize = 8 << 20,
                Command = _ => ["/usr/bin/python3", "-I", "-S", "-u", "-c", script],
                Limits = Arena.Limits with { Threads = 64 },
                Processes = true,
            },
            result,
            new RunnerOptions { DataPath = house.Folder },
            TimeProvider.System,
            said.Add,
            TestContext.Current.CancellationToken
        );
        File.Delete(result);
        Assert.Null(end.WhyStopped);
        return said;
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("leave a daemon behind (builds)")]
    public async Task A_daemon_of_a_build_does_not_outlive_it(string tier)
    {
        var marker = $"86{Environment.ProcessId}{tier.Length}";
        var said = await Run(
            tier,
            $"""
            import os, signal
            for leaves_its_session in (False, True):
                if os.fork() == 0:
                    if leaves_its_session:
                        os.setsid()
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    if os.fork() == 0:
                        os.closerange(0, 64)
                        os.execv('/usr/bin/sleep', ['sleep', '{marker}'])
                    os._exit(0)
            os.wait(), os.wait()
            print('left')
            """
        );
        Assert.Equal(["left"], said);
        Assert.True(SpinWait.SpinUntil(() => !Runs(marker), TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task The_search_for_a_daemon_finds_one()
    {
        using var daemon = System.Diagnostics.Process.Start("/usr/bin/sleep", "861234567");
        Assert.True(Runs("861234567"));
        daemon.Kill();
        await daemon.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("start processes without end (builds)")]
    public async Task A_build_cannot_start_processes_without_end(string tier)
    {
        var said = await Run(
            tier,
            """
            import os, time
            count = 0
            try:
                while count < 300:
                    if os.fork() == 0:
                        time.sleep(60)
                    count += 1
            except BlockingIOError:
                pass
            print(count < 100)
            """
        );
        Assert.Equal(["True"], said);
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("more memory through several processes (builds)")]
    [Leaks("bubblewrap", "memory of all processes of a build together")]
    [Leaks("process", "memory of all processes of a build together")]
    public async Task The_processes_of_a_build_have_a_limit_each_and_none_together_without_control_groups(
        string tier
    )
    {
        // Three times 64 MiB, where one process may have 96.
        var said = await Run(
            tier,
            """
            import os
            ends = [os.pipe() for _ in range(3)]
            for r, w in ends:
                if os.fork() == 0:
                    kept = bytearray(64 << 20)
                    for at in range(0, len(kept), 4096):
                        kept[at] = 1
                    os.write(w, b'x')
                    os.read(os.pipe()[0], 1)
            print(sum(len(os.read(r, 1)) for r, w in ends))
            """
        );
        Assert.Equal(["3"], said);
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("reach the network (builds)")]
    public async Task A_build_reaches_no_network_and_no_other_process(string tier)
    {
        var said = await Run(
            tier,
            $"""
            import os, socket
            for what in (socket.socket, lambda: socket.socket(socket.AF_UNIX), lambda: os.kill({Environment.ProcessId}, 23), lambda: open('/etc/passwd'), lambda: os.setpriority(0, {Environment.ProcessId}, 0)):
                try:
                    what()
                    print('done')
                except OSError as e:
                    print('refused')
            """
        );
        Assert.Equal(Enumerable.Repeat("refused", 5), said);
    }

    private static bool Runs(string marker) =>
        Directory
            .EnumerateDirectories("/proc")
            .Where(path => int.TryParse(Path.GetFileName(path), out _))
            .Any(path =>
            {
                try
                {
                    return File.ReadAllText(Path.Combine(path, "cmdline"))
                        .Contains("sleep\0" + marker, StringComparison.Ordinal);
                }
                catch (IOException)
                {
                    return false;
                }
            });
}
