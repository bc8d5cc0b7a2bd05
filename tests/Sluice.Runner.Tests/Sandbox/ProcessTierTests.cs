using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Runner.Tests.Sandbox;

/// <summary>What the tier for containers stops. What it does not stop is named in its report, and not tested for.</summary>
public sealed class ProcessTierTests
{
    private static Task<House> Open() =>
        House.Open(options => options with { Isolation = "process" });

    private static WorkerSpec Probe(string body)
    {
        var lines = string.Join('\n', body.Split('\n').Select(line => "    " + line));
        return House.Python(
            $"""
            import ctypes, errno, mmap, os, signal, socket, sys
            libc = ctypes.CDLL(None, use_errno=True)

            def attempt(what):
                try:
                    return repr(what())
                except BaseException as e:
                    return type(e).__name__

            def probe(ax, input):
            {lines}
                return Text(str(out))
            """,
            "probe"
        );
    }

    private static async Task<string> Seen(string body, string input = "")
    {
        await using var house = await Open();
        return House.Text(await house.Call(Probe(body), "probe", input));
    }

    [Fact]
    public async Task A_worker_reads_usr_and_its_package_and_writes_in_its_own_folder_alone()
    {
        var secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, "secret", TestContext.Current.CancellationToken);
        var seen = await Seen(
            """
            out = [attempt(lambda: open(path).read(1) and 'read') for path in (input.text, '/etc/passwd', '/proc/self/environ', '/proc/1/environ', '/app')]
            out += [attempt(lambda: os.listdir(path)) for path in ('/', '/root', '/tmp', '/proc')]
            out += [attempt(lambda: open(os.path.join(path, 'x'), 'w') and 'written') for path in ('/tmp', '/usr', os.path.dirname(os.path.dirname(__file__)), os.environ['HOME'])]
            """,
            secret
        );
        File.Delete(secret);
        Assert.Equal(
            "['PermissionError', 'PermissionError', 'PermissionError', 'PermissionError', 'FileNotFoundError', "
                + "'PermissionError', 'PermissionError', 'PermissionError', 'PermissionError', "
                + "'PermissionError', 'PermissionError', 'PermissionError', \"'written'\"]",
            seen
        );
    }

    [Fact]
    public async Task A_worker_has_no_network_no_processes_no_uncounted_memory_and_no_way_to_signal_others()
    {
        var seen = await Seen(
            """
            out = [attempt(socket.socket), attempt(os.fork), attempt(lambda: mmap.mmap(-1, 4096)), attempt(lambda: bytearray(1 << 30)), attempt(lambda: os.kill(int(input.text), 0)), attempt(lambda: os.kill(1, 0))]
            out += [errno.errorcode[ctypes.get_errno()] if libc.syscall(*call) < 0 else 'done' for call in ((101, 16, int(input.text), 0, 0), (272, 0x10000000), (319, b'x', 0))]
            """,
            $"{Environment.ProcessId}"
        );
        Assert.Equal(
            "['PermissionError', 'PermissionError', 'PermissionError', 'MemoryError', 'PermissionError', 'PermissionError', 'EPERM', 'EPERM', 'EPERM']",
            seen
        );
    }

    [Fact]
    public async Task A_worker_inherits_no_environment_no_descriptors_and_no_rights()
    {
        Environment.SetEnvironmentVariable("SLUICE_TEST_CANARY", "leaked");
        var seen = await Seen(
            """
            open_fds = []
            for fd in range(64):
                try:
                    os.fstat(fd)
                    open_fds.append(fd)
                except OSError:
                    pass
            libc.prctl.restype = ctypes.c_int
            out = sorted(os.environ), open_fds, libc.prctl(39, 0, 0, 0, 0), [cap for cap in range(41) if libc.prctl(23, cap, 0, 0, 0) == 1] if os.getuid() < 1000 or os.getuid() >= 200000 else []
            """
        );
        Assert.Equal("(['HOME', 'LANG', 'PATH', 'TMPDIR'], [0, 1, 2, 3, 4], 1, [])", seen);
    }

    [Fact]
    public async Task Calls_deadlines_and_secrets_are_as_in_the_full_tier()
    {
        await using var house = await Open();
        var package = House.Python(
            "def hang(ax, input):\n    while True: pass\ndef read(ax, input): return Text(ax.secrets.get('S')[0])",
            "hang",
            "read"
        );
        Assert.Equal(
            "v",
            House.Text(await house.Call(package, "read", secrets: House.Secret("S", "v")))
        );
        var hung = await house.Call(package, "hang", timeout: TimeSpan.FromMilliseconds(300));
        Assert.Equal(NodeOutcomeKind.Timeout, hung.Kind);
        Assert.Equal(
            "v",
            House.Text(await house.Call(package, "read", secrets: House.Secret("S", "v")))
        );
    }

    [Fact]
    public async Task A_second_tenant_is_refused_unless_weak_isolation_is_allowed()
    {
        await using var house = await Open();
        var package = House.Python("def echo(ax, input): return input", "echo");
        House.Text(await house.Call(package, "echo"));
        var other = await house.Call(House.A_call(package, "echo", tenant: "other"));
        Assert.Equal(NodeOutcomeKind.Unavailable, other.Kind);
        Assert.Contains("one tenant only", other.Message, StringComparison.Ordinal);
        Assert.NotEmpty(house.Runner.Isolation.Warnings);

        await using var allowed = await House.Open(options =>
            options with
            {
                Isolation = "process",
                AllowWeakIsolation = true,
            }
        );
        House.Text(await allowed.Call(package, "echo"));
        House.Text(await allowed.Call(House.A_call(package, "echo", tenant: "other")));
    }

    [Fact]
    public async Task A_daemon_of_a_build_does_not_outlive_it_and_its_folders_are_gone()
    {
        await using var house = await Open();
        const string marker = "sluice-test-daemon-4712";
        List<string> log = [];
        var test = $"""
            import subprocess, unittest
            class Tries(unittest.TestCase):
                def test_daemon(self):
                    subprocess.Popen(["/bin/sh", "-c", "(exec setsid sleep 600 {marker}) & sleep 0"], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait()
            """;
        var outcome = await house.Runner.Build(
            new BuildRequest
            {
                TenantId = "acme",
                Files = new Dictionary<string, byte[]>
                {
                    ["nodes/echo.py"] = Encoding.UTF8.GetBytes(
                        "def echo(ax, input):\n    return input\n"
                    ),
                    ["nodes/echo_test.py"] = Encoding.UTF8.GetBytes(test),
                },
                Manifest = new Manifest
                {
                    Name = "acme/echo",
                    Version = "1.0.0",
                    Language = "python",
                    Nodes =
                    [
                        new ManifestNode
                        {
                            Name = "Echo",
                            Input = "Text",
                            Output = "Text",
                        },
                    ],
                },
                Schema = SchemaCompiler
                    .Compile(
                        new Dictionary<string, string>
                        {
                            ["messages/messages.proto"] =
                                "syntax = \"proto3\"; message Text { string text = 1; }",
                        }
                    )
                    .Value!,
                Log = log.Add,
            },
            TestContext.Current.CancellationToken
        );
        Assert.True(outcome.Ok, outcome.Failure + string.Join('\n', log));
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                    !Directory
                        .EnumerateDirectories("/proc")
                        .Where(path => int.TryParse(Path.GetFileName(path), out _))
                        .Any(path => HasMarker(path, marker)),
                TimeSpan.FromSeconds(60)
            )
        );
        Assert.True(
            SpinWait.SpinUntil(
                () => !Directory.EnumerateDirectories(Path.Combine(house.Folder, "scratch")).Any(),
                TimeSpan.FromSeconds(60)
            )
        );
    }

    [Fact]
    public async Task No_isolation_is_to_be_had_by_explicit_word_alone_and_says_so_loudly()
    {
        await using var house = await House.Open(options => options with { Isolation = "none" });
        Assert.Equal("none", house.Runner.Isolation.Tier);
        Assert.Contains(
            "Isolation is off",
            house.Runner.Isolation.Warnings[0],
            StringComparison.Ordinal
        );
        var package = House.Python("def echo(ax, input): return input", "echo");
        Assert.Equal("x", House.Text(await house.Call(package, "echo", "x")));
    }

    private static bool HasMarker(string process, string marker)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"))
                .Contains(marker, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
