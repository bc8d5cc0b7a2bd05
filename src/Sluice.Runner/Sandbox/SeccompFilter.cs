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

    /// <summary>No anonymous shared memory, which a data limit does not count.</summary>
    NoSharedMemory = 2,
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

    private const uint CloneThread = 0x00010000;
    private const uint CloneNewAnything = 0x7E020080; // NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWTIME
    private const uint MapSharedAnonymous = 0x21;

    // Grouped by what they would give away; numbers are those of x86-64.
    private static readonly uint[] s_never =
    [
        .. (ReadOnlySpan<uint>)[41, 42, 49, 50, 43, 288], // socket connect bind listen accept accept4
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
    ];

    private static readonly uint[] s_sharedMemory = [319, 29, 30, 447]; // memfd_create shmget shmat memfd_secret
    private static readonly uint[] s_processes = [57, 58]; // fork vfork

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
        if (variant.HasFlag(SeccompVariant.NoSharedMemory))
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
