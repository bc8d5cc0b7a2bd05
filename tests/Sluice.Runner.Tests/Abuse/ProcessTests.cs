namespace Sluice.Runner.Tests.Abuse;

/// <summary>What a node can do to other processes, and through processes of its own.</summary>
public sealed class ProcessTests(Arena arena)
{
    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("list other processes, read their arguments")]
    public Task A_node_cannot_list_other_processes(string tier) =>
        arena.Stopped(
            tier,
            """
            attempt('list', lambda: len([name for name in os.listdir('/proc') if name.isdigit()]) > 1)
            attempt('arguments', lambda: b'600' in open(f"/proc/{a['sleeper']}/cmdline", 'rb').read())
            attempt('state', lambda: open(f"/proc/{a['server']}/status").read())
            """,
            ["list", "arguments", "state"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("inherit environment or descriptors")]
    public Task A_node_cannot_read_any_environment_but_its_own(string tier) =>
        arena.Stopped(
            tier,
            """
            attempt('inherited', lambda: os.environ['SLUICE_TEST_CANARY'])
            attempt('its own, as it began', lambda: b'SLUICE' in open('/proc/self/environ', 'rb').read())
            for name in ('sleeper', 'server', 'victim'):
                attempt(name, lambda: open(f'/proc/{a[name]}/environ', 'rb').read(1) != b'')
            attempt('first', lambda: b'SLUICE' in open('/proc/1/environ', 'rb').read())
            """,
            ["inherited", "its own, as it began", "sleeper"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("read memory of others, trace them, take their descriptors")]
    public Task A_node_cannot_trace_or_read_other_processes(string tier) =>
        arena.Stopped(
            tier,
            """
            buffer = ctypes.create_string_buffer(64)
            pair = (ctypes.c_uint64 * 2)
            for name in ('sleeper', 'server', 'victim'):
                pid = a[name]
                attempt(f'memory of {name}', lambda: open(f'/proc/{pid}/mem', 'rb'))
                attempt(f'map of {name}', lambda: open(f'/proc/{pid}/maps').read(1) != '')
                attempt(f'descriptors of {name}', lambda: os.listdir(f'/proc/{pid}/fd'))
                attempt(f'tracing {name}', lambda: ok(libc.ptrace(ctypes.c_long(0x4206), ctypes.c_long(pid), None, None)))
                attempt(f'a descriptor of {name}', lambda: ok(libc.syscall(438, libc.syscall(434, pid, 0), 0, 0)))
            attempt('reading', lambda: reach(310, a['sleeper'], pair(ctypes.addressof(buffer), 1), 1, pair(0x1000, 1), 1, 0))
            attempt('comparing', lambda: reach(312, a['sleeper'], a['sleeper'], 0, 0, 0))
            """,
            [],
            asRoot:
            [
                "memory of sleeper",
                "map of sleeper",
                "tracing sleeper",
                "a descriptor of sleeper",
                "reading",
                "comparing",
                "tracing server",
                "tracing victim",
            ]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("signal others")]
    public async Task A_node_cannot_signal_other_processes(string tier)
    {
        // SIGURG: whoever does not ask for it never notices.
        const string script = """
            info = (ctypes.c_int * 32)(23, 0, -1)
            for name in ('sleeper', 'server', 'victim'):
                pid = a[name]
                attempt(f'{name} by kill', lambda: os.kill(pid, 23))
                attempt(f'{name} by tgkill', lambda: ok(libc.syscall(234, pid, pid, 23)))
                attempt(f'{name} by rt_sigqueueinfo', lambda: ok(libc.syscall(129, pid, 23, info)))
                attempt(f'{name} by pidfd', lambda: ok(libc.syscall(424, libc.syscall(434, pid, 0), 23, 0, 0)))
                attempt(f'{name} by its group', lambda: os.killpg(os.getpgid(pid), 23))
            """;
        if (tier == "process" && !Arena.IsRoot && Sluice.Runner.Sandbox.Landlock.Version < 6)
        {
            var house = await arena.House(tier);
            Assert.Contains(
                house.Runner.Isolation.Warnings,
                warning => warning.Contains("can send signals", StringComparison.Ordinal)
            );
            Assert.Skip("This kernel's Landlock cannot stop signals, and the report says so.");
        }
        await arena.Stopped(
            tier,
            script,
            [
                "sleeper by kill",
                "sleeper by tgkill",
                "sleeper by rt_sigqueueinfo",
                "sleeper by pidfd",
                "server by kill",
            ]
        );
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("change limits, priority or processors of others")]
    public Task A_node_cannot_change_limits_priority_or_processors_of_others(string tier) =>
        arena.Stopped(
            tier,
            """
            limits = (ctypes.c_uint64 * 2)()
            for name in ('sleeper', 'server', 'victim'):
                pid = a[name]
                attempt(f'limits of {name}', lambda: ok(libc.prlimit(pid, 7, None, limits)) and ok(libc.prlimit(pid, 7, limits, None)))
                attempt(f'priority of {name}', lambda: os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid)))
                attempt(f'processors of {name}', lambda: os.sched_setaffinity(pid, os.sched_getaffinity(pid)))
            attempt('priority of a user', lambda: os.setpriority(os.PRIO_USER, 0, 0))
            attempt('disk priority', lambda: ok(libc.syscall(251, 1, a['sleeper'], 0)))
            """,
            [
                "limits of sleeper",
                "priority of sleeper",
                "processors of sleeper",
                "priority of a user",
                "disk priority",
            ]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("start a process (workers)")]
    public Task A_node_cannot_start_a_process(string tier) =>
        arena.Stopped(
            tier,
            """
            def child(pid):
                if pid == 0:
                    os._exit(0)
                os.waitpid(pid, 0)
            def from_a_thread():
                done = []
                thread = threading.Thread(target=lambda: done.append(subprocess.run(['/bin/true'])))
                thread.start()
                thread.join()
                return bool(done)
            attempt('fork', lambda: child(os.fork()))
            attempt('clone', lambda: child(ok(libc.syscall(56, 17, 0, 0, 0, 0)) and 0 if a['inside'] else os.fork()))
            attempt('spawn', lambda: os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0))
            attempt('program', lambda: subprocess.run(['/bin/true'], check=True))
            attempt('program of a thread', from_a_thread)
            """,
            ["fork", "clone", "spawn", "program", "program of a thread"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("start threads without end")]
    public Task A_node_cannot_start_threads_without_end(string tier) =>
        arena.Stopped(
            tier,
            """
            stop = threading.Event()
            def many():
                try:
                    for _ in range(300):
                        thread = threading.Thread(target=stop.wait, daemon=True)
                        thread.start()
                finally:
                    stop.set()
            threading.stack_size(65536)
            attempt('many', many)
            """,
            ["many"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("open descriptors without end")]
    public Task A_node_cannot_open_descriptors_without_end(string tier) =>
        arena.Stopped(
            tier,
            """
            attempt('many', lambda: [os.dup(1) for _ in range(64)])
            attempt('a higher limit', lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20)))
            """,
            ["many"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("outlive the server")]
    public Task A_worker_dies_with_its_server_and_cannot_take_that_back(string tier) =>
        arena.Stopped(
            tier,
            """
            bound = ctypes.c_int()
            libc.prctl(2, ctypes.byref(bound), 0, 0, 0)
            attempt('is not bound', lambda: bound.value != 9)
            attempt('takes it back', lambda: ok(libc.prctl(1, 0, 0, 0, 0)))
            """,
            ["is not bound", "takes it back"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("burn a processor past its deadline, deaf to signals")]
    public async Task A_node_that_burns_a_processor_is_ended_at_its_deadline_with_all_its_threads(
        string tier
    )
    {
        const string script = """
            for number in range(1, 32):
                if number not in (9, 11, 19):
                    try:
                        signal.signal(number, signal.SIG_IGN)
                    except (OSError, ValueError):
                        pass
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            def burn():
                while True:
                    pass
            for _ in range(3):
                threading.Thread(target=burn).start()
            burn()
            """;
        var outcome = await arena.Outcome(tier, script, TimeSpan.FromMilliseconds(400));
        Assert.Equal(NodeOutcomeKind.Timeout, outcome.Kind);
        Assert.InRange(outcome.Duration, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }
}
