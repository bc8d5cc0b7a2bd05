using System.Buffers.Binary;

namespace Sluice.Runner.Sandbox;

/// <summary>What a filter takes away beyond the calls that no package ever needs.</summary>
[Flags]
internal enum SeccompVariant
{
    /// <summary>No network, no namespaces, no mounts, no debugging of others, no kernel loading.</summary>
    Base = 0,

    /// <summary>Threads yes, processes no.</summary>
    NoProcesses = 1,

    /// <summary>No memory that a data limit does not count: shared without a file, or growing like a stack.</summary>
    NoUncountedMemory = 2,

    /// <summary>
    /// The file system is the host's: no changing of modes, owners, times and attributes by path and no watching, all of
    /// which Landlock lets pass.
    /// </summary>
    SharedFileSystem = 4,

    /// <summary>The user is root, who owns the host's devices: no such changes through open files either.</summary>
    OwnsDevices = 8,

    /// <summary>The network is the sandbox's own: stream sockets of Unix and IPv4, and no others.</summary>
    Egress = 16,
}

/// <summary>
/// Builds a classic BPF program for seccomp on x86-64. A denied call fails with EPERM (or ENOSYS where the caller
/// knows an older way); a call in a foreign calling convention ends the process.
/// </summary>
internal static class SeccompFilter
{
    private const uint Allow = 0x7fff0000;
    private const uint Kill = 0x80000000;
    private const uint DenyEperm = 0x00050000 | Native.EPERM;
    private const uint DenyEnosys = 0x00050000 | Native.ENOSYS;

    private const uint ArchX64 = 0xC000003E;
    private const uint X32Bit = 0x40000000;

    private const ushort LoadWord = 0x20;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpGreaterOrEqual = 0x35;
    private const ushort And = 0x54;
    private const ushort Return = 0x06;

    private const uint OffsetNumber = 0;
    private const uint OffsetArch = 4;
    private const uint OffsetArgument0 = 16;
    private const uint OffsetArgument1 = 24;
    private const uint OffsetArgument3 = 40;

    private const uint Clone = 56;
    private const uint Clone3 = 435;
    private const uint Mmap = 9;
    private const uint Ioctl = 16;
    private const uint Socket = 41;
    private const uint Socketpair = 53;
    private const uint Setpriority = 141;
    private const uint Prctl = 157;
    private const uint Utimensat = 280;

    private const uint CloneThread = 0x00010000;
    private const uint CloneNewAnything = 0x7E020080; // NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWTIME
    private const uint MapSharedAnonymous = 0x21;
    private const uint MapGrowsDown = 0x100;
    private const uint SetParentDeathSignal = 1;

    // Grouped by what they would give away; numbers are those of x86-64.
    private static readonly uint[] s_never =
    [
        .. (ReadOnlySpan<uint>)[101, 310, 311, 312, 438, 440, 448], // ptrace process_vm_* kcmp pidfd_getfd process_madvise process_mrelease
        .. (ReadOnlySpan<uint>)[298, 321, 323, 425, 426, 427], // perf_event_open bpf userfaultfd io_uring_*
        .. (ReadOnlySpan<uint>)[248, 249, 250], // add_key request_key keyctl
        .. (ReadOnlySpan<uint>)[155, 161, 165, 166, 272, 308], // pivot_root chroot mount umount2 unshare setns
        .. (ReadOnlySpan<uint>)[428, 429, 430, 431, 432, 433, 442], // open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
        .. (ReadOnlySpan<uint>)[303, 304], // name_to_handle_at open_by_handle_at
        .. (ReadOnlySpan<uint>)[175, 176, 313, 246, 320, 169, 167, 168], // *_module kexec_* reboot swapon swapoff
        .. (ReadOnlySpan<uint>)[163, 164, 179, 443, 227, 305, 159, 170, 171], // acct settimeofday quotactl* clock_settime clock_adjtime adjtimex set*name
        .. (ReadOnlySpan<uint>)[172, 173, 154, 135, 103, 153], // iopl ioperm modify_ldt personality syslog vhangup
        .. (ReadOnlySpan<uint>)[134, 136, 139, 156, 174, 177, 178, 180, 212, 236], // obsolete calls
        .. (ReadOnlySpan<uint>)[237, 238, 256, 279, 278, 300, 301], // NUMA placement, page moving, vmsplice, fanotify
        .. (ReadOnlySpan<uint>)[240, 241, 68, 64], // mq_open mq_unlink msgget semget: kernel memory outside every limit
        .. (ReadOnlySpan<uint>)[65, 66, 220, 69, 70, 71, 31, 242, 243, 244, 245], // sem* msg* shmctl mq_*: those of others, by number
        .. (ReadOnlySpan<uint>)[251], // ioprio_set
    ];

    private static readonly uint[] s_sharedMemory = [319, 29, 30, 447]; // memfd_create shmget shmat memfd_secret
    private static readonly uint[] s_network = [41, 42, 49, 50, 43, 288]; // socket connect bind listen accept accept4

    private static readonly uint[] s_processes = [57, 58]; // fork vfork
    private static readonly uint[] s_onProcesses = [302, 142, 144, 203, 314]; // prlimit64 sched_setparam sched_setscheduler sched_setaffinity sched_setattr

    private static readonly uint[] s_byPath =
    [
        .. (ReadOnlySpan<uint>)[90, 268, 452, 92, 94, 260], // chmod fchmodat fchmodat2 chown lchown fchownat
        .. (ReadOnlySpan<uint>)[188, 189, 463, 197, 198, 466, 132, 235, 261], // setxattr* removexattr* utime utimes futimesat
        .. (ReadOnlySpan<uint>)[254, 301], // inotify_add_watch fanotify_mark
    ];

    /// <summary>The program as the kernel takes it: 8 bytes an instruction.</summary>
    public static byte[] Build(SeccompVariant variant)
    {
        var program = new List<(ushort Code, byte True, byte False, uint K)>
        {
            (LoadWord, 0, 0, OffsetArch),
            (JumpEqual, 1, 0, ArchX64),
            (Return, 0, 0, Kill),
            (LoadWord, 0, 0, OffsetNumber),
            (JumpGreaterOrEqual, 0, 1, X32Bit),
            (Return, 0, 0, Kill),
        };

        Deny(program, s_never, DenyEperm);
        if (variant.HasFlag(SeccompVariant.Egress))
        {
            // Families 1 and 2; type 1 among the bits that say the type.
            Unless(program, Socket, OffsetArgument0, ~3u, equals: 0);
            When(program, Socket, OffsetArgument0, 3, equals: 3, DenyEperm);
            Unless(program, Socket, OffsetArgument1, 0xF, equals: 1);
        }
        else
            Deny(program, s_network, DenyEperm);
        if (variant.HasFlag(SeccompVariant.NoUncountedMemory))
        {
            Deny(program, s_sharedMemory, DenyEperm);
            // mmap whose flags hold both SHARED and ANONYMOUS.
            When(
                program,
                Mmap,
                OffsetArgument3,
                MapSharedAnonymous,
                equals: MapSharedAnonymous,
                DenyEperm
            );
            When(program, Mmap, OffsetArgument3, MapGrowsDown, equals: MapGrowsDown, DenyEperm);
        }
        if (variant.HasFlag(SeccompVariant.SharedFileSystem))
        {
            Deny(program, s_byPath, DenyEperm);
            // Of an open file (no path given) it is as good as writing to it.
            Unless(program, Utimensat, OffsetArgument1, uint.MaxValue, equals: 0);
            Unless(program, Utimensat, OffsetArgument1 + 4, uint.MaxValue, equals: 0);
        }

        // clone3 passes its flags in memory where a filter cannot look; libraries fall back to clone.
        Deny(program, [Clone3], DenyEnosys);
        if (variant.HasFlag(SeccompVariant.NoProcesses))
        {
            Deny(program, s_processes, DenyEperm);
            When(program, Clone, OffsetArgument0, CloneThread, equals: 0, DenyEperm);
        }
        foreach (var bit in Bits(CloneNewAnything))
            When(program, Clone, OffsetArgument0, bit, equals: bit, DenyEperm);
        if (variant.HasFlag(SeccompVariant.OwnsDevices))
            Deny(program, [91, 93, 190, 199], DenyEperm); // fchmod fchown fsetxattr fremovexattr
        // Limits, priority and processors of itself (0) yes, of others and of a whole user no.
        foreach (var call in s_onProcesses)
            Unless(program, call, OffsetArgument0, uint.MaxValue, equals: 0);
        Unless(program, Setpriority, OffsetArgument0, uint.MaxValue, equals: 0);
        Unless(program, Setpriority, OffsetArgument1, uint.MaxValue, equals: 0);
        // A pair of datagram sockets (types 2 and 3) sends to any address, and so to the host's sockets.
        When(program, Socketpair, OffsetArgument1, 0xE, equals: 2, DenyEperm);
        // Whoever takes this back lives on when the server is killed.
        When(
            program,
            Prctl,
            OffsetArgument0,
            uint.MaxValue,
            equals: SetParentDeathSignal,
            DenyEperm
        );
        // Pushing characters into a terminal.
        When(program, Ioctl, OffsetArgument1, uint.MaxValue, equals: 0x5412, DenyEperm);
        When(program, Ioctl, OffsetArgument1, uint.MaxValue, equals: 0x541C, DenyEperm);
        program.Add((Return, 0, 0, Allow));
        return Encode(program);
    }

    private static IEnumerable<uint> Bits(uint mask) =>
        Enumerable.Range(0, 32).Select(i => 1u << i).Where(bit => (mask & bit) != 0);

    private static void Deny(List<(ushort, byte, byte, uint)> program, uint[] calls, uint answer)
    {
        foreach (var call in calls)
        {
            program.Add((JumpEqual, 0, 1, call));
            program.Add((Return, 0, 0, answer));
        }
    }

    /// <summary>Denies a call when (argument and mask) equals a value; leaves the call's number loaded otherwise.</summary>
    private static void When(
        List<(ushort, byte, byte, uint)> program,
        uint call,
        uint argument,
        uint mask,
        uint equals,
        uint answer
    )
    {
        program.Add((JumpEqual, 0, 5, call));
        program.Add((LoadWord, 0, 0, argument));
        program.Add((And, 0, 0, mask));
        program.Add((JumpEqual, 0, 1, equals));
        program.Add((Return, 0, 0, answer));
        program.Add((LoadWord, 0, 0, OffsetNumber));
    }

    /// <summary>Denies a call when (argument and mask) is anything but a value; leaves the call's number loaded otherwise.</summary>
    private static void Unless(
        List<(ushort, byte, byte, uint)> program,
        uint call,
        uint argument,
        uint mask,
        uint equals
    )
    {
        program.Add((JumpEqual, 0, 5, call));
        program.Add((LoadWord, 0, 0, argument));
        program.Add((And, 0, 0, mask));
        program.Add((JumpEqual, 1, 0, equals));
        program.Add((Return, 0, 0, DenyEperm));
        program.Add((LoadWord, 0, 0, OffsetNumber));
    }

    private static byte[] Encode(List<(ushort Code, byte True, byte False, uint K)> program)
    {
        var bytes = new byte[program.Count * 8];
        for (var i = 0; i < program.Count; i++)
        {
            var at = bytes.AsSpan(i * 8, 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, program[i].Code);
            at[2] = program[i].True;
            at[3] = program[i].False;
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], program[i].K);
        }
        return bytes;
    }
}
