using System.Runtime.InteropServices;

namespace Sluice.Runner.Sandbox;

/// <summary>
/// The kernel's own sandbox for unprivileged programs. A rule set is made here, with all of this process's rights, and
/// handed to a process that lays it on itself, for good, before it becomes someone else's program.
/// </summary>
internal sealed unsafe class Landlock : IDisposable
{
    private const int RulePathBeneath = 1;
    private const ulong Execute = 1 << 0;
    private const ulong WriteFile = 1 << 1;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadFolder = 1 << 3;
    private const ulong Truncate = 1 << 14;

    private readonly ulong _all;

    public Landlock()
    {
        var version = Version;
        // By version: 13 rights at first, then renaming across folders, truncating, and device controls.
        _all = version switch
        {
            1 => (1UL << 13) - 1,
            2 => (1UL << 14) - 1,
            3 or 4 => (1UL << 15) - 1,
            _ => (1UL << 16) - 1,
        };
        var attributes = stackalloc ulong[3];
        attributes[0] = _all;
        attributes[1] = version >= 4 ? 3UL : 0; // no TCP, neither way
        attributes[2] = version >= 6 ? 3UL : 0; // no abstract sockets, no signals to others
        var size =
            version >= 6 ? 24
            : version >= 4 ? 16
            : 8;
        Descriptor = (int)
            Native.syscall(Native.SYS_landlock_create_ruleset, (long)attributes, size, 0, 0);
        if (Descriptor < 0)
            throw new IOException(
                $"landlock_create_ruleset failed, errno {Marshal.GetLastPInvokeError()}"
            );
    }

    /// <summary>The kernel's version of the interface; 0 or less where there is none.</summary>
    public static int Version =>
        (int)Native.syscall(Native.SYS_landlock_create_ruleset, 0, 0, 1, 0);

    /// <summary>The rule set, for a process that lays it on itself.</summary>
    public int Descriptor { get; }

    /// <summary>Reading and running what lies there. Nothing there: no rule.</summary>
    public void AllowReading(string path) => Allow(path, Execute | ReadFile | ReadFolder);

    /// <summary>Reading and writing one file, such as a device.</summary>
    public void AllowWriting(string file) => Allow(file, ReadFile | WriteFile | (_all & Truncate));

    /// <summary>Everything within a folder.</summary>
    public void AllowAll(string folder) => Allow(folder, _all);

    public void Dispose() => _ = Native.close(Descriptor);

    private void Allow(string path, ulong access)
    {
        var fd = Native.open(path, Native.O_PATH | Native.O_CLOEXEC);
        if (fd < 0)
            return;
        // Rights on the content of a folder mean nothing on a file, and the kernel refuses them there.
        const ulong onFiles = Execute | WriteFile | ReadFile | Truncate | (1 << 15);
        var rule = new Rule
        {
            Access = Directory.Exists(path) ? access & _all : access & _all & onFiles,
            Parent = fd,
        };
        var failed =
            Native.syscall(
                Native.SYS_landlock_add_rule,
                Descriptor,
                RulePathBeneath,
                (long)&rule,
                0
            ) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Native.close(fd);
        if (failed)
            throw new IOException($"landlock_add_rule failed, errno {error}");
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Rule
    {
        public ulong Access;
        public int Parent;
    }
}
