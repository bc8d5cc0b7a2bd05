using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Tests.Abuse;

/// <summary>Where the attacks of this folder happen: a runner per tier with a victim in it, and things of the host to go for.</summary>
public sealed class Arena : IAsyncDisposable
{
    /// <summary>In an attack's worker; small, so that going over them is quick.</summary>
    internal static readonly SandboxLimits Limits = new()
    {
        Data = 96 << 20,
        Tmp = 16 << 20,
        SharedMemory = 4 << 20,
        File = 8 << 20,
        Descriptors = 64,
        Threads = 32,
    };

    /// <summary>
    /// <c>attempt</c> notes a thing that could be done; <c>reach</c> makes a system call and says whether the kernel
    /// looked at it. An attack's answer is what could be done, in order.
    /// </summary>
    private const string Tools = """
        import ctypes, errno, fcntl, json, mmap, os, resource, signal, socket, subprocess, sys, threading, time
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]

        def run(job):
            haul = []
            def attempt(name, what):
                try:
                    if what() is not False:
                        haul.append(name)
                except BaseException:
                    pass
            def reach(number, *arguments):
                done = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(each) if isinstance(each, int) else each for each in arguments])
                return done >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS)
            def ok(result):
                if result < 0:
                    raise OSError(ctypes.get_errno(), 'failed')
                return True
            scope = dict(globals(), a=job['a'], attempt=attempt, reach=reach, ok=ok, home=os.environ['HOME'])
            exec(job['script'], scope)
            return json.dumps(haul)
        """;

    private readonly string _host = Directory.CreateTempSubdirectory("sluice-host-").FullName;
    private readonly Process _sleeper;
    private readonly TcpListener _loopback = new(IPAddress.Loopback, 0);
    private readonly Socket _stream = new(
        AddressFamily.Unix,
        SocketType.Stream,
        ProtocolType.Unspecified
    );
    private readonly Socket _datagram = new(
        AddressFamily.Unix,
        SocketType.Dgram,
        ProtocolType.Unspecified
    );
    private readonly Socket _abstract = new(
        AddressFamily.Unix,
        SocketType.Stream,
        ProtocolType.Unspecified
    );
    private readonly Dictionary<string, Lazy<Task<Ring>>> _rings;
    private static int _attacks;

    public Arena()
    {
        File.SetUnixFileMode(_host, (UnixFileMode)0b111_111_111);
        Environment.SetEnvironmentVariable("SLUICE_TEST_CANARY", "leaked");
        _sleeper = Process.Start(
            new ProcessStartInfo("/usr/bin/sleep", ["600"])
            {
                Environment = { ["SLUICE_TEST_CANARY"] = "leaked" },
            }
        )!;
        _loopback.Start();
        _stream.Bind(new UnixDomainSocketEndPoint(Path.Combine(_host, "stream")));
        _stream.Listen();
        _datagram.Bind(new UnixDomainSocketEndPoint(Path.Combine(_host, "datagram")));
        _abstract.Bind(new UnixDomainSocketEndPoint($"\0sluice-arena-{Environment.ProcessId}"));
        _abstract.Listen();
        foreach (var socket in (string[])["stream", "datagram"])
            File.SetUnixFileMode(Path.Combine(_host, socket), (UnixFileMode)0b110_110_110);
        _rings = Tiers.ToDictionary(
            tier => tier,
            tier => new Lazy<Task<Ring>>(() => Ring.Open(tier))
        );
    }

    internal static string[] Tiers { get; } = ["bubblewrap", "process"];

    internal int SleeperPid => _sleeper.Id;

    internal static bool IsRoot => Environment.IsPrivilegedProcess;

    internal async Task<House> House(string tier) => (await _rings[tier].Value).House;

    /// <summary>What an attack comes to in a worker of its own.</summary>
    internal async Task<string[]> Inside(string tier, string script)
    {
        var outcome = await Outcome(tier, script);
        return JsonSerializer.Deserialize<string[]>(Tests.House.Text(outcome))!;
    }

    internal async Task<NodeOutcome> Outcome(string tier, string script, TimeSpan? timeout = null)
    {
        var ring = await _rings[tier].Value;
        var call = Tests.House.A_call(
            Attacker(),
            "attack",
            Job(ring, script, inside: true),
            tenant: $"attacker {_attacks}",
            timeout: timeout
        );
        return await ring.House.Call(call);
    }

    /// <summary>What the same attack comes to without a sandbox.</summary>
    internal async Task<string[]> Outside(string tier, string script)
    {
        var ring = await _rings[tier].Value;
        var home = Directory.CreateDirectory(Path.Combine(_host, Path.GetRandomFileName()));
        using var process = Process.Start(
            new ProcessStartInfo(
                "/usr/bin/python3",
                ["-I", "-c", Tools + "\nprint(run(json.loads(sys.stdin.read())))"]
            )
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = home.FullName,
                Environment = { ["HOME"] = home.FullName, ["SLUICE_TEST_CANARY"] = "leaked" },
            }
        )!;
        await process.StandardInput.WriteAsync(Job(ring, script, inside: false));
        process.StandardInput.Close();
        var said = process.StandardError.ReadToEndAsync();
        var haul = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        home.Delete(recursive: true);
        Assert.True(process.ExitCode == 0, await said);
        return JsonSerializer.Deserialize<string[]>(haul)!;
    }

    /// <summary>Nothing of it can be done in the tier, and all that is proven can be done outside, so the attack is one.</summary>
    /// <param name="tier">bubblewrap or process.</param>
    /// <param name="script">The attack.</param>
    /// <param name="proven">What a user's own process can do.</param>
    /// <param name="asRoot">What only root's can; not looked at when these tests run as another user.</param>
    internal Task Stopped(string tier, string script, string[] proven, string[]? asRoot = null) =>
        Expect(tier, script, [], proven, asRoot ?? []);

    /// <summary>As <see cref="Stopped"/>, but these things can be done: the page and the report say so.</summary>
    internal Task Leaks(string tier, string script, string[] leaks, string[] proven) =>
        Expect(tier, script, leaks, proven, []);

    private async Task Expect(
        string tier,
        string script,
        string[] leaks,
        string[] proven,
        string[] asRoot
    )
    {
        Assert.Equal(leaks, await Inside(tier, script));
        if (asRoot.Length > 0 && !IsRoot)
            TestContext.Current.SendDiagnosticMessage(
                $"Not root: {string.Join(", ", asRoot)} cannot be shown to work outside of the sandbox."
            );
        string[] expected = IsRoot ? [.. proven, .. asRoot] : proven;
        var unproven = expected.Except(await Outside(tier, script)).ToList();
        Assert.True(
            unproven.Count == 0,
            $"Outside of the sandbox these fail as well, so the attack proves nothing: {string.Join(", ", unproven)}"
        );
    }

    /// <summary>A package that no other attack shares a worker with.</summary>
    private static WorkerSpec Attacker() =>
        Tests.House.Python(
            $"{Tools}\n\ndef attack(ax, input):\n    return Text(run(json.loads(input.text)))\n# {Interlocked.Increment(ref _attacks)}",
            "attack"
        ) with
        {
            Limits = Limits,
        };

    private string Job(Ring ring, string script, bool inside)
    {
        foreach (var name in (string[])["file", "doomed"])
            File.WriteAllText(Path.Combine(_host, name), "of the host");
        return JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["script"] = script,
                ["a"] = new Dictionary<string, object>
                {
                    ["inside"] = inside,
                    ["host"] = _host,
                    ["data"] = ring.House.Folder,
                    ["sleeper"] = _sleeper.Id,
                    ["server"] = Environment.ProcessId,
                    ["victim"] = ring.VictimPid,
                    ["victim_file"] = ring.VictimFile,
                    ["victim_package"] = ring.VictimPackage,
                    ["port"] = ((IPEndPoint)_loopback.LocalEndpoint).Port,
                    ["abstract"] = $"sluice-arena-{Environment.ProcessId}",
                },
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ring in _rings.Values.Where(ring => ring.IsValueCreated))
            await (await ring.Value).House.DisposeAsync();
        _sleeper.Kill();
        await _sleeper.WaitForExitAsync();
        _sleeper.Dispose();
        _loopback.Dispose();
        foreach (var socket in (Socket[])[_stream, _datagram, _abstract])
            socket.Dispose();
        Directory.Delete(_host, recursive: true);
    }

    /// <summary>A runner of one tier, and a worker of another tenant in it that stays.</summary>
    private sealed record Ring(House House, string VictimFile, int VictimPid, string VictimPackage)
    {
        public static async Task<Ring> Open(string tier)
        {
            var house = await Tests.House.Open(options =>
                options with
                {
                    Isolation = tier,
                    AllowWeakIsolation = true,
                    // What holds without them; GroupTests show what they add.
                    ControlGroups = false,
                    IdleAfter = TimeSpan.FromHours(1),
                }
            );
            var victim = Tests.House.Python(
                """
                import os, sys
                kept = bytearray(b'the secret of the victim')
                def hold(ax, input):
                    path = os.environ['HOME'] + '/kept'
                    open(path, 'wb').write(kept)
                    return Text(path)
                #
                """ + tier,
                "hold"
            );
            var path = Tests.House.Text(
                await house.Call(Tests.House.A_call(victim, "hold", tenant: "victim"))
            );
            return new Ring(
                house,
                path,
                Python(victim.Digest),
                Directory
                    .EnumerateFiles(house.Folder, "all.py", SearchOption.AllDirectories)
                    .First(file => file.Contains(victim.Digest, StringComparison.Ordinal))
            );
        }

        /// <summary>The interpreter below the process whose command line names the package.</summary>
        private static int Python(string digest)
        {
            var of = Processes().First(each => Said(each, "cmdline").Contains(digest));
            while (true)
            {
                var child = Processes().FirstOrDefault(each => Parent(each) == of);
                if (child == 0)
                    return of;
                of = child;
            }
        }

        private static IEnumerable<int> Processes() =>
            Directory
                .EnumerateDirectories("/proc")
                .Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0)
                .Where(pid => pid > 0 && pid != Environment.ProcessId);

        private static int Parent(int pid) =>
            int.TryParse(
                Said(pid, "stat").Split(") ")[^1].Split(' ')[1..2].FirstOrDefault(),
                out var parent
            )
                ? parent
                : 0;

        private static string Said(int pid, string file)
        {
            try
            {
                return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/{file}"));
            }
            catch (IOException)
            {
                return ") ? 0";
            }
        }
    }
}
