namespace Sluice.Runner.Tests.Sandbox;

/// <summary>What a node finds when it tries. Each test is a short script that reports what it could do.</summary>
public sealed class BubblewrapTests
{
    private static async Task<string> Probe(string body)
    {
        await using var house = await House.Open();
        var lines = string.Join('\n', body.Split('\n').Select(line => "    " + line));
        var package = House.Python(
            $"""
            import ctypes, errno, os, sys
            libc = ctypes.CDLL(None, use_errno=True)

            def attempt(what):
                try:
                    return repr(what())
                except BaseException as e:
                    return type(e).__name__

            def call(number, *arguments):
                result = libc.syscall(number, *arguments)
                return result if result >= 0 else errno.errorcode[ctypes.get_errno()]

            def probe(ax, input):
            {lines}
                return Text(str(out))
            """,
            "probe"
        );
        return House.Text(await house.Call(package, "probe"));
    }

    [Fact]
    public async Task A_worker_sees_no_files_of_the_host_but_usr_and_its_package()
    {
        var secret = Path.GetTempFileName();
        var seen = await Probe(
            $"""
            out = sorted(set(os.listdir('/')) - {"{'sbin'}"}), sorted(os.listdir('/etc')), os.path.exists('{secret}'), attempt(lambda: open('/etc/passwd'))
            """
        );
        File.Delete(secret);
        Assert.StartsWith(
            "(['app', 'bin', 'dev', 'etc', 'lib', 'lib64', 'proc', 'tmp', 'usr'], ['alternatives', 'ld.so.cache'], False, 'FileNotFoundError')",
            seen,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_worker_inherits_no_environment_and_no_descriptors()
    {
        Environment.SetEnvironmentVariable("SLUICE_TEST_CANARY", "leaked");
        var seen = await Probe(
            "out = sorted(os.environ), sorted(int(fd) for fd in os.listdir('/proc/self/fd'))[:5], len(os.listdir('/proc/self/fd'))"
        );
        // The sixth is the folder being listed.
        Assert.Equal("(['HOME', 'LANG', 'PATH', 'PWD'], [0, 1, 2, 3, 4], 6)", seen);
    }

    [Fact]
    public async Task A_worker_sees_no_processes_but_its_own()
    {
        Assert.Equal(
            "['1']",
            await Probe("out = sorted(name for name in os.listdir('/proc') if name.isdigit())")
        );
    }

    [Fact]
    public async Task A_worker_has_no_network()
    {
        var seen = await Probe(
            """
            import socket
            out = [attempt(lambda: socket.socket(family, kind)) for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
            """
        );
        Assert.Equal(
            "[" + string.Join(", ", Enumerable.Repeat("'PermissionError'", 8)) + "]",
            seen
        );
    }

    [Fact]
    public async Task A_worker_writes_in_tmp_alone_and_no_more_than_its_size()
    {
        var seen = await Probe(
            """
            def place(path):
                try:
                    open(path + '/x', 'w')
                    return 'written'
                except OSError as e:
                    return errno.errorcode[e.errno]
            out = [place(path) for path in ('/', '/app', '/app/gen', '/usr', '/etc', '/dev', '/tmp', '/dev/shm')]
            total = 0
            try:
                for i in range(100):
                    with open(f'/tmp/{i}', 'wb', 0) as file:
                        total += file.write(bytes(1 << 20))
            except OSError as e:
                out.append(errno.errorcode[e.errno])
            out.append(60 <= total >> 20 <= 64)
            """
        );
        Assert.Equal(
            "['EROFS', 'EROFS', 'EROFS', 'EROFS', 'EROFS', 'EROFS', 'written', 'written', 'ENOSPC', True]",
            seen
        );
    }

    [Fact]
    public async Task A_worker_starts_threads_but_no_processes()
    {
        var seen = await Probe(
            """
            import subprocess, threading
            started = []
            thread = threading.Thread(target=lambda: started.append(1))
            thread.start()
            thread.join()
            out = attempt(os.fork), attempt(lambda: subprocess.run(['/bin/true'])), call(58), call(56, 17, 0, 0, 0, 0), call(435, 0, 0), started
            """
        );
        Assert.Equal(
            "('PermissionError', 'PermissionError', 'EPERM', 'EPERM', 'ENOSYS', [1])",
            seen
        );
    }

    [Fact]
    public async Task A_worker_reaches_no_kernel_interface_that_it_does_not_need()
    {
        var seen = await Probe(
            """
            calls = {'unshare': (272, 0x10000000), 'mount': (165, 0, 0, 0, 0, 0), 'ptrace': (101, 0, 0, 0, 0), 'bpf': (321, 0, 0, 0), 'perf': (298, 0, 0, 0, 0, 0),
                     'io_uring': (425, 0, 0), 'keyctl': (250, 0, 0), 'userfaultfd': (323, 0), 'process_vm_readv': (310, 0, 0, 0, 0, 0, 0), 'pidfd_getfd': (438, 0, 0, 0),
                     'thread in a new user namespace': (56, 0x10000000 | 0x10000 | 0x800 | 0x100, 0, 0, 0, 0)}
            out = sorted(name for name, arguments in calls.items() if call(*arguments) != 'EPERM')
            """
        );
        Assert.Equal("[]", seen);
    }

    [Fact]
    public async Task A_worker_has_no_memory_that_its_limit_does_not_count()
    {
        var seen = await Probe(
            """
            import mmap
            name = ctypes.create_string_buffer(b'x')
            out = [attempt(lambda: mmap.mmap(-1, 1 << 20)), call(319, name, 0), call(29, 0, 1 << 20, 0o1600), attempt(lambda: mmap.mmap(os.open('/dev/zero', os.O_RDWR), 1 << 20)), attempt(lambda: len(bytearray(1 << 30)))]
            """
        );
        Assert.Equal(
            "['PermissionError', 'EPERM', 'EPERM', 'PermissionError', 'MemoryError']",
            seen
        );
    }

    [Fact]
    public async Task A_worker_cannot_raise_its_limits_or_gain_rights()
    {
        var seen = await Probe(
            """
            import resource
            names = ('RLIMIT_CORE', 'RLIMIT_NOFILE', 'RLIMIT_FSIZE', 'RLIMIT_DATA', 'RLIMIT_NPROC')
            status = dict(line.split(':\t') for line in open('/proc/self/status').read().splitlines())
            out = [resource.getrlimit(getattr(resource, name)) for name in names], attempt(lambda: resource.setrlimit(resource.RLIMIT_DATA, (1 << 40, 1 << 40))), status['CapEff'], status['CapBnd'], status['NoNewPrivs'], status['Seccomp'], os.getuid()
            """
        );
        Assert.Equal(
            "([(0, 0), (256, 256), (67108864, 67108864), (536870912, 536870912), (128, 128)], 'ValueError', '0000000000000000', '0000000000000000', '1', '2', 1000)",
            seen
        );
    }

    [Fact]
    public async Task A_worker_outlives_the_thread_that_asked_for_it()
    {
        await using var house = await House.Open();
        var package = House.Python(
            "count = 0\ndef next(ax, input):\n    global count\n    count += 1\n    return Text(str(count))",
            "next"
        );
        var thread = new Thread(() =>
            Assert.Equal("1", House.Text(house.Call(package, "next").GetAwaiter().GetResult()))
        );
        thread.Start();
        thread.Join();

        Assert.Equal("2", House.Text(await house.Call(package, "next")));
        Assert.Equal(1, house.Runner.Stats.Started);
    }

    [Fact]
    public async Task The_report_names_the_tier_in_use_and_every_tier_that_was_tried()
    {
        await using var house = await House.Open();
        Assert.Equal("bubblewrap", house.Runner.Isolation.Tier);
        Assert.True(house.Runner.Isolation.SeveralTenants);
        Assert.Contains(new TierProbe("bubblewrap", true, null), house.Runner.Isolation.Probes);
    }
}
