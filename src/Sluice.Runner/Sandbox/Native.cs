using System.Runtime.InteropServices;

namespace Sluice.Runner.Sandbox;

/// <summary>
/// The system calls that the runner makes by itself: pipes, polling, spawning, limits. Linux on x86-64, glibc.
/// Everything here is a thin declaration; meaning lives with the callers.
/// </summary>
internal static unsafe partial class Native
{
    public const int EPERM = 1;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ENOSYS = 38;

    public const int O_RDONLY = 0;
    public const int O_PATH = 0x200000;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    public const int F_SETFL = 4;
    public const int F_DUPFD_CLOEXEC = 1030;

    public const uint EPOLLIN = 0x1;
    public const uint EPOLLOUT = 0x4;
    public const uint EPOLLERR = 0x8;
    public const uint EPOLLHUP = 0x10;
    public const uint EPOLLONESHOT = 1u << 30;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;

    public const int SIGKILL = 9;

    public const int P_PID = 1;
    public const int WEXITED = 4;
    public const int WNOWAIT = 0x01000000;

    public const long SYS_pidfd_send_signal = 424;
    public const long SYS_pidfd_open = 434;
    public const long SYS_close_range = 436;
    public const long SYS_seccomp = 317;
    public const long SYS_landlock_create_ruleset = 444;
    public const long SYS_landlock_add_rule = 445;
    public const long SYS_landlock_restrict_self = 446;

    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_SET_CHILD_SUBREAPER = 36;

    public const int RLIMIT_CORE = 4;

    /// <summary>The kernel packs this to 12 bytes on x86-64 and nowhere else.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public struct EpollEvent
    {
        public uint Events;
        public ulong Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Rlimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int pipe2(int* fds, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_ctl(int epoll, int operation, int fd, EpollEvent* change);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_wait(
        int epoll,
        EpollEvent* events,
        int capacity,
        int timeoutMs
    );

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitid(int kind, uint id, byte* info, int options);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int chown(byte* path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    public static partial long syscall(long number, long a, long b, long c, long d);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, ulong a, ulong b, ulong c, ulong d);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setrlimit(int resource, Rlimit* limit);

    [LibraryImport("libc", SetLastError = true)]
    public static partial uint geteuid();

    // The spawn structures are opaque; glibc needs 80 and 336 bytes, callers pass zeroed blocks of 1 KiB.
    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addchdir_np(byte* actions, string folder);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int from);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn(
        int* pid,
        string path,
        byte* actions,
        byte* attributes,
        byte** arguments,
        byte** environment
    );

    /// <summary>Makes a pipe whose ends are closed on exec and numbered from 16 up, clear of the numbers a child is given.</summary>
    /// <returns>The read end and the write end.</returns>
    public static (int Read, int Write) Pipe()
    {
        var fds = stackalloc int[2];
        if (pipe2(fds, O_CLOEXEC) != 0)
            throw new IOException($"pipe2 failed, errno {Marshal.GetLastPInvokeError()}");
        return (Raise(fds[0]), Raise(fds[1]));
    }

    private static int Raise(int fd)
    {
        if (fd >= 16)
            return fd;
        var higher = fcntl(fd, F_DUPFD_CLOEXEC, 16);
        _ = close(fd);
        return higher < 0 ? throw new IOException("fcntl failed, too many open files") : higher;
    }

    /// <summary>Opens a file for reading by a child, numbered from 16 up.</summary>
    public static int OpenRead(string path)
    {
        var fd = open(path, O_RDONLY | O_CLOEXEC);
        return fd < 0
            ? throw new IOException($"open failed, errno {Marshal.GetLastPInvokeError()}")
            : Raise(fd);
    }

    /// <summary>Turns waiting off for our end of a pipe.</summary>
    public static void SetNonBlocking(int fd) => _ = fcntl(fd, F_SETFL, O_NONBLOCK);
}
