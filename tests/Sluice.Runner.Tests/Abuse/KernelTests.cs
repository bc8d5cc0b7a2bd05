namespace Sluice.Runner.Tests.Abuse;

/// <summary>Network, and interfaces of the kernel that a node has no need of.</summary>
public sealed class KernelTests(Arena arena)
{
    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("reach Unix sockets of the host by path")]
    public Task A_node_cannot_reach_a_socket_of_the_host_by_its_path(string tier) =>
        arena.Stopped(
            tier,
            """
            stream, datagram = a['host'] + '/stream', a['host'] + '/datagram'
            def connect(kind, path):
                with socket.socket(socket.AF_UNIX, kind) as end:
                    end.connect(path)
            def through_a_pair(kind):
                first, second = socket.socketpair(socket.AF_UNIX, kind)
                first.sendto(b'x', datagram)
            attempt('stream', lambda: connect(socket.SOCK_STREAM, stream))
            attempt('datagram', lambda: connect(socket.SOCK_DGRAM, datagram))
            attempt('datagram of a pair', lambda: through_a_pair(socket.SOCK_DGRAM))
            attempt('raw of a pair', lambda: through_a_pair(socket.SOCK_RAW))
            """,
            ["stream", "datagram", "datagram of a pair", "raw of a pair"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("reach Unix sockets of the host by abstract name")]
    public Task A_node_cannot_reach_a_socket_of_the_host_by_an_abstract_name(string tier) =>
        arena.Stopped(
            tier,
            """
            def connect():
                with socket.socket(socket.AF_UNIX) as end:
                    end.connect('\0' + a['abstract'])
            attempt('connect', connect)
            """,
            ["connect"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("any network, loopback included")]
    public Task A_node_cannot_reach_the_loopback_or_open_any_socket(string tier) =>
        arena.Stopped(
            tier,
            """
            def dial():
                socket.create_connection(('127.0.0.1', a['port']), 2).close()
            def listen():
                with socket.socket() as end:
                    end.bind(('127.0.0.1', 0))
                    end.listen()
            attempt('dial', dial)
            attempt('listen', listen)
            for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_ALG, socket.AF_VSOCK, socket.AF_PACKET):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
                    attempt(f'{int(family)}/{int(kind)}', lambda: socket.socket(family, kind).close())
            """,
            ["dial", "listen", "1/1", "1/2", "2/1", "2/2", "16/2"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("new namespaces, mounts")]
    public Task A_node_cannot_make_or_enter_namespaces_or_mount(string tier) =>
        arena.Stopped(
            tier,
            """
            attempt('enter', lambda: reach(308, -1, 0))
            attempt('mount', lambda: reach(165, 0, 0, 0, 0, 0))
            attempt('open a tree', lambda: reach(428, -1, 0, 0))
            attempt('new file system', lambda: reach(430, 0, 0))
            attempt('other root', lambda: reach(161, 0))
            attempt('thread in a new one', lambda: reach(56, 0x10000000 | 0x10000 | 0x800 | 0x100, 0, 0, 0, 0))
            attempt('clone3', lambda: reach(435, 0, 0))
            attempt('other kind', lambda: reach(272, 0x40000000))
            attempt('user', lambda: reach(272, 0x10000000))
            """,
            ["enter", "thread in a new one", "clone3"],
            asRoot: ["mount", "open a tree", "new file system", "other kind"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("io_uring, bpf, perf, keyrings, userfaultfd and other parts of the kernel")]
    public Task A_node_reaches_no_part_of_the_kernel_that_it_does_not_need(string tier) =>
        arena.Stopped(
            tier,
            """
            calls = {'io_uring': (425, 0, 0), 'io_uring_enter': (426, -1, 0, 0, 0, 0, 0), 'bpf': (321, -1, 0, 0), 'perf': (298, 0, 0, 0, 0, 0), 'keyctl': (250, 0, -3, 0),
                     'userfaultfd': (323, 0x7fffffff), 'handles': (304, -1, 0, 0), 'move pages': (279, 0, 0, 0, 0, 0, 0), 'vmsplice': (278, -1, 0, 0, 0),
                     'personality': (135, 0xffffffff), 'segments': (154, 0, 0, 0), 'kernel log': (103, 10, 0, 0), 'quotas': (179, -1, 0, 0, 0), 'swap': (168, 0)}
            for name, arguments in calls.items():
                attempt(name, lambda: reach(*arguments))
            """,
            ["keyctl", "personality", "segments", "vmsplice"],
            asRoot: ["bpf", "perf", "userfaultfd", "handles", "kernel log"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("semaphores, queues and shared memory of others, by number")]
    public Task A_node_cannot_use_system_wide_queues_semaphores_or_segments(string tier) =>
        arena.Stopped(
            tier,
            """
            calls = {'semget': (64, 0, 1, 0o1600), 'semctl': (66, -1, 0, 0, 0), 'semop': (65, -1, 0, 0), 'msgget': (68, 0, 0o100), 'msgsnd': (69, -1, 0, 0, 0),
                     'msgrcv': (70, -1, 0, 0, 0, 0), 'msgctl': (71, -1, 2, 0), 'shmctl': (31, -1, 2, 0), 'shmat': (30, -1, 0, 0), 'mq_send': (242, -1, 0, 0, 0, 0)}
            for name, arguments in calls.items():
                attempt(name, lambda: reach(*arguments))
            """,
            ["semctl", "semop", "msgsnd", "msgrcv", "msgctl", "shmctl", "shmat", "mq_send"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("push characters into a terminal (TIOCSTI)")]
    public Task A_node_cannot_push_characters_into_a_terminal(string tier) =>
        arena.Stopped(
            tier,
            """
            libc.ioctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p]
            for number in (0x5412, 0x541C, 0x100005412):
                attempt(hex(number), lambda: reach(16, 1, number, 0))
            """,
            ["0x5412", "0x541c", "0x100005412"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("get round the filter by another calling convention")]
    public async Task A_node_that_calls_the_kernel_in_another_convention_is_ended(string tier)
    {
        const string x32 = "attempt('getpid', lambda: libc.syscall(0x40000000 | 39))";
        // mov eax, 20 (getpid of i386); int 0x80; ret
        const string i386 = """
            code = bytes.fromhex('b814000000cd80c3')
            page = libc.mmap(None, 4096, 7, 0x22, -1, 0)
            ctypes.memmove(page, code, len(code))
            attempt('getpid', lambda: ctypes.CFUNCTYPE(ctypes.c_int)(page)())
            """;
        foreach (var script in (string[])[x32, i386])
        {
            Assert.Equal(["getpid"], await arena.Outside(tier, script));
            var outcome = await arena.Outcome(tier, script);
            Assert.Equal(
                (
                    NodeOutcomeKind.Crashed,
                    "attack did not finish: its process was ended for a system call that is not allowed."
                ),
                (outcome.Kind, outcome.Message)
            );
        }
    }
}
