using System.Buffers.Binary;

namespace Sluice.Runner.Sandbox;

/// <summary>
/// A program of a hundred instructions' length that restricts itself and then becomes the program it is given:
/// no_new_privs, the Landlock rules in descriptor 10, the system call filter that it carries, exec. It is written here as
/// an ELF file for x86-64, because these restrictions belong to a thread: a thread of this runtime that took them on
/// could pass them to threads which the runtime starts at moments of its own choosing (thread pool, tiered compiler).
/// </summary>
internal static class Launcher
{
    /// <summary>Where it expects the Landlock rule set; closed before the program starts.</summary>
    public const int RulesFd = 10;

    /// <summary>Its exit code when a restriction or the exec failed.</summary>
    public const int Failed = 126;

    private const ulong Base = 0x400000;
    private const int HeaderSize = 64 + 56;
    private const int FailedAt = 125;

    private static readonly byte[] s_padding =
    [
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
        0x90,
    ];

    private static readonly byte[] s_code =
    [
        // prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        .. (ReadOnlySpan<byte>)[0xB8, 157, 0, 0, 0], //         0  mov eax, 157
        .. (ReadOnlySpan<byte>)[0xBF, 38, 0, 0, 0], //          5  mov edi, 38
        .. (ReadOnlySpan<byte>)[0xBE, 1, 0, 0, 0], //          10  mov esi, 1
        .. (ReadOnlySpan<byte>)[0x31, 0xD2], //                15  xor edx, edx
        .. (ReadOnlySpan<byte>)[0x45, 0x31, 0xD2], //          17  xor r10d, r10d
        .. (ReadOnlySpan<byte>)[0x45, 0x31, 0xC0], //          20  xor r8d, r8d
        .. (ReadOnlySpan<byte>)[0x0F, 0x05], //                23  syscall
        .. (ReadOnlySpan<byte>)[0x85, 0xC0], //                25  test eax, eax
        .. (ReadOnlySpan<byte>)[0x75, FailedAt - 29], //       27  jnz failed
        // landlock_restrict_self(10, 0)
        .. (ReadOnlySpan<byte>)[0xB8, 0xBE, 0x01, 0, 0], //    29  mov eax, 446
        .. (ReadOnlySpan<byte>)[0xBF, RulesFd, 0, 0, 0], //    34  mov edi, 10
        .. (ReadOnlySpan<byte>)[0x31, 0xF6], //                39  xor esi, esi
        .. (ReadOnlySpan<byte>)[0x0F, 0x05], //                41  syscall
        .. (ReadOnlySpan<byte>)[0x85, 0xC0], //                43  test eax, eax
        .. (ReadOnlySpan<byte>)[0x75, FailedAt - 47], //       45  jnz failed
        // close(10)
        .. (ReadOnlySpan<byte>)[0xB8, 3, 0, 0, 0], //          47  mov eax, 3
        .. (ReadOnlySpan<byte>)[0xBF, RulesFd, 0, 0, 0], //    52  mov edi, 10
        .. (ReadOnlySpan<byte>)[0x0F, 0x05], //                57  syscall
        // seccomp(SECCOMP_SET_MODE_FILTER, 0, &filter)
        .. (ReadOnlySpan<byte>)[0xB8, 0x3D, 0x01, 0, 0], //    59  mov eax, 317
        .. (ReadOnlySpan<byte>)[0xBF, 1, 0, 0, 0], //          64  mov edi, 1
        .. (ReadOnlySpan<byte>)[0x31, 0xF6], //                69  xor esi, esi
        .. (ReadOnlySpan<byte>)[0xBA, 0, 0, 0, 0], //          71  mov edx, address of the filter's header (patched)
        .. (ReadOnlySpan<byte>)[0x0F, 0x05], //                76  syscall
        .. (ReadOnlySpan<byte>)[0x85, 0xC0], //                78  test eax, eax
        .. (ReadOnlySpan<byte>)[0x75, FailedAt - 82], //       80  jnz failed
        // execve(argv[1], argv + 1, envp), all found on the stack
        .. (ReadOnlySpan<byte>)[0x48, 0x8B, 0x04, 0x24], //    82  mov rax, [rsp]
        .. (ReadOnlySpan<byte>)[0x48, 0x8D, 0x54, 0xC4, 16], // 86 lea rdx, [rsp + rax*8 + 16]
        .. (ReadOnlySpan<byte>)[0x48, 0x8B, 0x7C, 0x24, 16], // 91 mov rdi, [rsp + 16]
        .. (ReadOnlySpan<byte>)[0x48, 0x8D, 0x74, 0x24, 16], // 96 lea rsi, [rsp + 16]
        .. (ReadOnlySpan<byte>)[0xB8, 59, 0, 0, 0], //        101  mov eax, 59
        .. (ReadOnlySpan<byte>)[0x0F, 0x05], //               106  syscall
        .. s_padding, //                                        108
        // exit_group(126)
        .. (ReadOnlySpan<byte>)[0xBF, Failed, 0, 0, 0], //    125  mov edi, 126
        .. (ReadOnlySpan<byte>)[0xB8, 0xE7, 0, 0, 0], //      130  mov eax, 231
        .. (ReadOnlySpan<byte>)[0x0F, 0x05], //               135  syscall
    ];

    /// <summary>The file's bytes.</summary>
    /// <param name="filter">A program as <see cref="SeccompFilter"/> builds it.</param>
    public static byte[] Build(ReadOnlySpan<byte> filter)
    {
        const int addressOfFilterHeader = 72;
        var headerAt = (HeaderSize + s_code.Length + 15) & ~15;
        var file = new byte[headerAt + 16 + filter.Length];
        WriteElf(file);
        s_code.CopyTo(file.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(
            file.AsSpan(HeaderSize + addressOfFilterHeader),
            (uint)Base + (uint)headerAt
        );
        // struct sock_fprog: how many instructions, where they are.
        BinaryPrimitives.WriteUInt16LittleEndian(
            file.AsSpan(headerAt),
            (ushort)(filter.Length / 8)
        );
        BinaryPrimitives.WriteUInt64LittleEndian(
            file.AsSpan(headerAt + 8),
            Base + (ulong)headerAt + 16
        );
        filter.CopyTo(file.AsSpan(headerAt + 16));
        return file;
    }

    /// <summary>An ELF header and one segment that maps the whole file, readable and executable.</summary>
    private static void WriteElf(Span<byte> file)
    {
        ReadOnlySpan<byte> identity = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0];
        identity.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file[16..], 2); // an executable
        BinaryPrimitives.WriteUInt16LittleEndian(file[18..], 62); // x86-64
        BinaryPrimitives.WriteUInt32LittleEndian(file[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file[24..], Base + HeaderSize); // where it begins
        BinaryPrimitives.WriteUInt64LittleEndian(file[32..], 64); // where the segments are listed
        BinaryPrimitives.WriteUInt16LittleEndian(file[52..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file[54..], 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file[56..], 1);
        var segment = file[64..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1); // to be loaded
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5); // read, execute
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x1000);
    }
}
