using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sluice.Runner.Sidecar;

/// <summary>The kinds of frame; below 64 from the host to a worker, from 64 on from a worker to the host.</summary>
internal enum FrameKind : byte
{
    Invoke = 1,
    SecretValue = 2,
    Cancel = 3,
    Shutdown = 4,

    /// <summary>One frame of what goes into a pipeline node.</summary>
    Input = 16,

    /// <summary>No more goes in.</summary>
    InputEnd = 17,

    /// <summary>How much more the node may give.</summary>
    OutputCredit = 18,

    Answer = 32,
    Hello = 65,
    Result = 66,
    Error = 67,
    SecretGet = 68,
    Log = 69,

    /// <summary>One frame of what a pipeline node gives.</summary>
    Output = 80,

    /// <summary>How much more the node takes.</summary>
    InputCredit = 81,

    Ask = 96,
    Note = 97,
}

/// <summary>
/// The head of every frame on a worker's pipes: <c>u32 length | u8 kind | u32 call</c>, little-endian, where length
/// counts the payload alone and call is 0 for a frame that belongs to no call. Described in spec/worker-protocol.md.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FrameHead(int Length, FrameKind Kind, uint Call)
{
    public const int Size = 9;

    /// <summary>Largest payload of any frame, 16 MiB.</summary>
    public const int MaxPayload = 16 << 20;

    /// <summary>Largest payload of a log frame: a line of 16 KiB and room for its fields.</summary>
    public const int MaxLog = 32 << 10;

    /// <summary>Longest text of one log line, 16 KiB.</summary>
    public const int MaxLine = 16 << 10;

    /// <summary>Largest secret value, 64 KiB.</summary>
    public const int MaxSecret = 64 << 10;

    /// <summary>Longest secret name in bytes.</summary>
    public const int MaxSecretName = 128;

    /// <summary>A credit is one number.</summary>
    public const int CreditSize = sizeof(uint);

    /// <summary>Largest question: a text of 64 KiB and room for what belongs to it.</summary>
    public const int MaxAsk = 72 << 10;

    /// <summary>Largest answer, 4 MiB.</summary>
    public const int MaxAnswer = 4 << 20;

    /// <summary>Largest note, 16 KiB.</summary>
    public const int MaxNote = 16 << 10;

    /// <summary>Largest error or hello, 256 KiB.</summary>
    public const int MaxReport = 256 << 10;

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)Length);
        to[4] = (byte)Kind;
        BinaryPrimitives.WriteUInt32LittleEndian(to[5..], Call);
    }

    /// <summary>Reads a head that came from a worker.</summary>
    /// <param name="from">At least <see cref="Size"/> bytes.</param>
    /// <param name="head">The head, when it is one that a worker may send.</param>
    /// <returns>Null when it may be sent; otherwise what is wrong with it, as a public phrase.</returns>
    public static string? ReadFromWorker(ReadOnlySpan<byte> from, out FrameHead head)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(from);
        var kind = (FrameKind)from[4];
        head = new FrameHead((int)length, kind, BinaryPrimitives.ReadUInt32LittleEndian(from[5..]));
        var limit = kind switch
        {
            FrameKind.Result or FrameKind.Output => MaxPayload,
            FrameKind.Hello or FrameKind.Error => MaxReport,
            FrameKind.Log => MaxLog,
            FrameKind.SecretGet => MaxSecretName,
            FrameKind.InputCredit => CreditSize,
            FrameKind.Ask => MaxAsk,
            FrameKind.Note => MaxNote,
            _ => -1,
        };
        if (limit < 0)
            return $"it sent a frame of the unknown kind {from[4]}";
        return length > limit ? $"it sent {Name(kind)} of {length} bytes, more than {limit}" : null;
    }

    private static string Name(FrameKind kind) =>
        kind switch
        {
            FrameKind.Result => "a result",
            FrameKind.Hello => "a greeting",
            FrameKind.Error => "an error",
            FrameKind.Log => "a log line",
            FrameKind.SecretGet => "a secret name",
            FrameKind.Output => "a frame of its stream",
            FrameKind.InputCredit => "a credit",
            FrameKind.Ask => "a question",
            FrameKind.Note => "a note",
            _ => "a frame",
        };
}
