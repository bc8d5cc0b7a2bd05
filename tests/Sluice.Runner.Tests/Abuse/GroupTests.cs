using System.Diagnostics;
using Sluice.Runner.Builds;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Tests.Abuse;

/// <summary>What control groups add, where this machine lets us make some.</summary>
public sealed class GroupTests
{
    private static async Task<House> Open(string tier)
    {
        var house = await House.Open(options => options with { Isolation = tier });
        if (!house.Runner.Isolation.GroupLimits.Contains("memory"))
        {
            await house.DisposeAsync();
            Assert.Skip("No control groups for memory can be made on this machine.");
        }
        return house;
    }

    private static SandboxTask Task(string script, double? processors = null) =>
        new()
        {
            TenantId = "grouped",
            AppSize = 8 << 20,
            Command = _ => ["/usr/bin/python3", "-I", "-S", "-u", "-c", script],
            Limits = Arena.Limits with { Threads = 64, Processors = processors },
            Processes = true,
        };

    private static async Task<(BuildEnd End, List<string> Said)> Run(House house, SandboxTask task)
    {
        var result = Path.Combine(house.Folder, "scratch", Path.GetRandomFileName());
        List<string> said = [];
        var end = await BuildProcess.Run(
            house.Runner.Tier!,
            task,
            result,
            new RunnerOptions { DataPath = house.Folder },
            TimeProvider.System,
            said.Add,
            TestContext.Current.CancellationToken
        );
        return (end, said);
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    public async Task The_processes_of_a_build_have_one_memory_limit_together(string tier)
    {
        await using var house = await Open(tier);
        // 96 + 16 + 4 + 8 + 64 MiB in all; each of the four keeps below its own 96.
        const string script = """
            import os
            ends = [os.pipe() for _ in range(4)]
            for r, w in ends:
                if os.fork() == 0:
                    kept = bytearray(64 << 20)
                    for at in range(0, len(kept), 4096):
                        kept[at] = 1
                    os.write(w, b'x')
                    os.close(w)
                    os.read(os.pipe()[0], 1)
            done = 0
            for r, w in ends:
                os.close(w)
            for _ in ends:
                pid, status = os.wait()
                raise SystemExit(7)
            """;
        var (end, _) = await Run(house, Task(script));
        Assert.Equal("The build ran out of memory.", end.WhyStopped);
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    public async Task Memory_that_the_kernel_holds_for_a_node_counts_and_ends_it_as_out_of_memory(
        string tier
    )
    {
        await using var house = await Open(tier);
        var package = House.Python(
            """
            import ctypes
            libc = ctypes.CDLL(None)
            libc.mmap.restype = ctypes.c_void_p
            libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
            def tables(ax, input):
                size = 128 << 30
                at = libc.mmap(None, size, 1, 0x4022, -1, 0)
                for offset in range(0, size, 2 << 20):
                    ctypes.string_at(at + offset, 1)
                return Text('done')
            def echo(ax, input): return input
            """,
            "tables",
            "echo"
        ) with
        {
            Limits = Arena.Limits,
        };
        var outcome = await house.Call(package, "tables");
        Assert.Equal(
            (NodeOutcomeKind.OutOfMemory, "tables ran out of memory."),
            (outcome.Kind, outcome.Message)
        );
        Assert.Equal("fine", House.Text(await house.Call(package, "echo", "fine")));
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    public async Task A_limit_on_processors_holds_for_all_processes_of_a_build(string tier)
    {
        await using var house = await Open(tier);
        if (!house.Runner.Isolation.GroupLimits.Contains("cpu"))
            Assert.Skip("No control groups for processors can be made on this machine.");
        const string script = """
            import os, time
            for _ in range(3):
                if os.fork() == 0:
                    break
            before, began = time.process_time(), time.monotonic()
            while time.monotonic() - began < 1:
                pass
            os.write(1, b'%d\n' % round((time.process_time() - before) * 1000))
            time.sleep(0.5)
            """;
        var (_, said) = await Run(house, Task(script, processors: 0.2));
        // Four would have as many seconds as there are processors; a fifth of one is 200 ms and a period's grace.
        Assert.InRange(said.Sum(int.Parse), 1, 700);
    }

    [Fact]
    public async Task Its_group_is_gone_with_a_worker_and_a_runners_with_the_runner()
    {
        var house = await Open("bubblewrap");
        var package = House.Python("def echo(ax, input): return input", "echo");
        var tenant = Guid.NewGuid().ToString();
        House.Text(await house.Call(House.A_call(package, "echo", tenant: tenant)));
        Assert.NotEmpty(Groups());
        await house.DisposeAsync();
        Assert.True(
            SpinWait.SpinUntil(() => Groups().Count == 0, TimeSpan.FromSeconds(60)),
            string.Join(' ', Groups())
        );

        List<string> Groups() =>
            [
                .. Homes()
                    .SelectMany(own => Directory.EnumerateDirectories(own, "sluice-*"))
                    .SelectMany(runner =>
                        Directory.EnumerateDirectories(runner, ControlGroups.NameOf(tenant))
                    ),
            ];
    }

    [Fact]
    public void What_a_dead_server_left_in_its_groups_is_ended_at_the_next_start()
    {
        using var groups = ControlGroups.Find();
        Assert.SkipWhen(groups is null, "No control groups can be made on this machine.");
        var own = Homes()
            .First(own =>
                CgroupFolder.IsWritable(own)
                && Directory.EnumerateDirectories(own, "sluice-*").Any()
            );
        // No process has this number, so nobody of this begin.
        var stale = new DirectoryInfo(Path.Combine(own, "sluice-99999999-1-1", "t-x", "1"));
        using var left = Process.Start("/usr/bin/sleep", "600");
        // Runners of other tests start meanwhile, and take a stale group away that holds nobody yet.
        Assert.True(SpinWait.SpinUntil(() => Puts(left, stale), TimeSpan.FromSeconds(60)));

        CgroupFolder.RemoveStale(own);

        Assert.True(left.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.True(
            SpinWait.SpinUntil(
                () => CgroupFolder.RemoveIfEmpty(stale.FullName),
                TimeSpan.FromSeconds(60)
            )
        );
        CgroupFolder.Remove(Path.Combine(own, "sluice-99999999-1-1"));
    }

    /// <summary>Where this process makes groups; under version 2 it has moved into one of them itself.</summary>
    private static IEnumerable<string> Homes() =>
        CgroupMount
            .All()
            .Select(mount => mount.Own)
            .OfType<string>()
            .Select(own =>
                Path.GetFileName(own) == "sluice-host" ? Path.GetDirectoryName(own)! : own
            );

    private static bool Puts(Process process, DirectoryInfo group)
    {
        try
        {
            group.Create();
            CgroupFolder.Write(group.FullName, "cgroup.procs", $"{process.Id}");
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public void Version_2_is_told_its_limits_in_its_own_words()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-groups-").FullName;
        string[] files =
        [
            "memory.max",
            "memory.swap.max",
            "memory.oom.group",
            "pids.max",
            "cpu.weight",
            "cpu.max",
        ];
        foreach (var file in files)
            File.WriteAllText(Path.Combine(folder, file), "");
        var group = new ControlGroup(
            isVersion2: true,
            new Dictionary<string, string>
            {
                ["memory"] = folder,
                ["pids"] = folder,
                ["cpu"] = folder,
            },
            new Lock()
        );
        group.Limit(Task("", processors: 1.5));
        Assert.Equal(
            [$"{188 << 20}", "0", "1", "80", "20", "150000 100000"],
            files.Select(file => File.ReadAllText(Path.Combine(folder, file)))
        );
        Assert.False(group.RanOutOfMemory);
        File.WriteAllText(Path.Combine(folder, "memory.events"), "oom 1\noom_kill 1\n");
        Assert.True(group.RanOutOfMemory);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_group_of_version_2_is_joined_before_the_program_starts_and_ended_at_one_stroke()
    {
        var mount = CgroupMount.All().FirstOrDefault(mount => mount.IsVersion2)?.Own;
        Assert.SkipUnless(
            mount is not null && CgroupFolder.IsWritable(mount),
            "No control groups of version 2 can be made on this machine."
        );
        var folder = Directory.CreateDirectory(
            Path.Combine(mount, $"sluice-test-{Guid.NewGuid():N}")
        );
        var group = new ControlGroup(
            isVersion2: true,
            new Dictionary<string, string> { ["none"] = folder.FullName },
            new Lock()
        );
        var command = group.Join(["/bin/sh", "-c", "sleep 600 & echo started; wait"]);
        using var process = Process.Start(
            new ProcessStartInfo(command[0], command.Skip(1))
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        Assert.Equal("started", process.StandardOutput.ReadLine());
        Assert.Equal(
            2,
            CgroupFolder
                .Read(folder.FullName, "cgroup.procs")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Length
        );
        group.Kill();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        CgroupFolder.Remove(folder.FullName);
        Assert.False(folder.Exists && Directory.Exists(folder.FullName));
    }
}
