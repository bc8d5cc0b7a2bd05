#nullable enable
using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace Axiom.Runtime;

internal readonly record struct Frame(byte Kind, uint Number, byte[] Payload);

/// <summary>Frames of <c>u32 length | u8 kind | u32 call | payload</c>, little-endian.</summary>
internal sealed class Frames
{
    public const byte Invoke = 1;
    public const byte SecretValue = 2;
    public const byte Cancel = 3;
    public const byte Shutdown = 4;
    public const byte Input = 16;
    public const byte InputEnd = 17;
    public const byte OutputCredit = 18;
    public const byte Answer = 32;
    public const byte Hello = 65;
    public const byte Result = 66;
    public const byte Error = 67;
    public const byte SecretGet = 68;
    public const byte Log = 69;
    public const byte Output = 80;
    public const byte InputCredit = 81;
    public const byte Ask = 96;
    public const byte Note = 97;

    private const int Head = 9;
    private readonly FileStream input = new(
        new SafeFileHandle(3, ownsHandle: false),
        FileAccess.Read,
        bufferSize: 0
    );
    private readonly FileStream output = new(
        new SafeFileHandle(4, ownsHandle: false),
        FileAccess.Write,
        bufferSize: 0
    );
    private readonly Lock writing = new();
    private byte[] buffer = new byte[64 << 10];
    private byte[] sending = new byte[4 << 10];
    private int start;
    private int end;

    /// <summary>Whether a whole frame has been read already.</summary>
    public bool HasWhole =>
        end - start >= Head
        && end - start - Head >= BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start));

    public Frame Receive()
    {
        Fill(Head);
        var length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start));
        var kind = buffer[start + 4];
        var number = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(start + 5));
        Fill(Head + length);
        var payload = buffer.AsSpan(start + Head, length).ToArray();
        if (kind == SecretValue)
            buffer.AsSpan(start + Head, length).Clear();
        start += Head + length;
        if (start == end)
        {
            (start, end) = (0, 0);
            // A large call does not cost its memory for ever.
            if (buffer.Length > 1 << 20)
                buffer = new byte[64 << 10];
        }

        return new(kind, number, payload);
    }

    public void Send(byte kind, uint call, byte[] payload)
    {
        lock (writing)
        {
            var length = Head + payload.Length;
            if (sending.Length < length)
                sending = new byte[length];
            BinaryPrimitives.WriteInt32LittleEndian(sending, payload.Length);
            sending[4] = kind;
            BinaryPrimitives.WriteUInt32LittleEndian(sending.AsSpan(5), call);
            payload.CopyTo(sending.AsSpan(Head));
            output.Write(sending, 0, length);
            if (sending.Length > 1 << 20)
                sending = new byte[4 << 10];
        }
    }

    public static void Exit()
    {
        Console.Out.Flush();
        Environment.Exit(0);
    }

    /// <summary>Reads until so many bytes are there. The end of the pipe ends the process.</summary>
    private void Fill(int count)
    {
        if (end - start >= count)
            return;
        if (buffer.Length - start < count)
        {
            var larger =
                count > buffer.Length ? new byte[Math.Max(count, 2 * buffer.Length)] : buffer;
            buffer.AsSpan(start, end - start).CopyTo(larger);
            (buffer, start, end) = (larger, 0, end - start);
        }

        while (end - start < count)
        {
            var read = input.Read(buffer, end, buffer.Length - end);
            if (read == 0)
                Exit();
            end += read;
        }
    }
}
