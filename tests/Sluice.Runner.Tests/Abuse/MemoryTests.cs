namespace Sluice.Runner.Tests.Abuse;

/// <summary>Memory beyond a worker's limit. The limit in these attacks is 96 MiB.</summary>
public sealed class MemoryTests(Arena arena)
{
    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("more memory than its limit")]
    public Task A_node_gets_no_more_memory_than_its_limit_by_any_kind_of_mapping(string tier) =>
        arena.Stopped(
            tier,
            """
            size = 112 << 20
            def mapped(flags, protection=3):
                at = libc.mmap(None, size, protection, flags, -1, 0)
                if at in (None, 2**64 - 1):
                    return False
                if protection != 3:
                    ok(libc.mprotect(ctypes.c_void_p(at), ctypes.c_size_t(size), 3))
                ctypes.memset(at, 1, size)
                libc.munmap(ctypes.c_void_p(at), ctypes.c_size_t(size))
            def file_of_memory():
                fd = os.memfd_create('x')
                os.ftruncate(fd, size)
                mmap.mmap(fd, size)[:] = bytes(size)
            def ok_id(number):
                ok(number)
                return number
            def segment():
                ok(libc.shmctl(ok_id(libc.shmget(0, size, 0o1600)), 0, None))
            def zeroes():
                mmap.mmap(os.open('/dev/zero', os.O_RDWR), size).close()
            def shared_files():
                for number in range(5):
                    with open(f'/dev/shm/{os.getpid()}-{number}', 'wb', 0) as file:
                        if file.write(bytes(1 << 20)) < 1 << 20:
                            return False
            attempt('heap', lambda: bytearray(size))
            attempt('private', lambda: mapped(0x22))
            attempt('reserved, then opened', lambda: mapped(0x22, 0))
            attempt('as a stack', lambda: mapped(0x122))
            attempt('shared', lambda: mapped(0x21))
            attempt('shared, the other way', lambda: mapped(0x23))
            attempt('file of memory', file_of_memory)
            attempt('segment', segment)
            attempt('zeroes', zeroes)
            attempt('secret memory', lambda: reach(447, 0x7fffffff))
            if a['inside']:
                attempt('shared files', shared_files)
            for limit in ('DATA', 'STACK', 'FSIZE', 'CORE'):
                attempt(limit, lambda: resource.setrlimit(getattr(resource, 'RLIMIT_' + limit), (1 << 40, 1 << 40)))
            """,
            [
                "heap",
                "private",
                "reserved, then opened",
                "as a stack",
                "shared",
                "file of memory",
                "segment",
                "zeroes",
            ],
            asRoot: ["DATA"]
        );

    [Theory]
    [ClassData(typeof(EachTier))]
    [Promise("memory that the kernel holds for it: page tables, empty files")]
    [Leaks("bubblewrap", "memory that the kernel holds for a node")]
    [Leaks("process", "memory that the kernel holds for a node")]
    public Task Memory_that_the_kernel_holds_for_a_node_is_not_bounded_without_control_groups(
        string tier
    ) =>
        arena.Leaks(
            tier,
            """
            def tables():
                size = 8 << 30
                at = libc.mmap(None, size, 1, 0x4022, -1, 0)
                if at in (None, 2**64 - 1):
                    return False
                for offset in range(0, size, 2 << 20):
                    ctypes.string_at(at + offset, 1)
                libc.munmap(ctypes.c_void_p(at), ctypes.c_size_t(size))
            def files():
                for number in range(1500):
                    os.close(os.open(f'{home}/{number}', os.O_CREAT | os.O_WRONLY))
            attempt('page tables', tables)
            attempt('empty files', files)
            """,
            ["page tables", "empty files"],
            ["page tables", "empty files"]
        );
}
