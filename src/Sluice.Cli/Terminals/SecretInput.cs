using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Sluice.Cli.Terminals;

/// <summary>A value that must not be seen: from a prompt that shows nothing, or from standard input. Zeroed on disposal.</summary>
internal sealed class SecretInput : IDisposable
{
    public const int Longest = 1024 * 1024;
    private readonly byte[] _buffer;

    private SecretInput(byte[] buffer, int length)
    {
        _buffer = buffer;
        Length = length;
    }

    public int Length { get; }

    public ReadOnlyMemory<byte> Value => _buffer.AsMemory(0, Length);

    public string Text() => Encoding.UTF8.GetString(Value.Span);

    /// <summary>Null after saying what was wrong with it.</summary>
    /// <param name="keepNewline">Keep the line end that <c>echo</c> and editors leave behind.</param>
    public static async Task<SecretInput?> Read(
        Session session,
        string question,
        bool keepNewline,
        CancellationToken stop
    )
    {
        var input = session.Terminal.CanAsk
            ? Typed(session, question)
            : await Piped(session.Terminal.In, keepNewline, stop);
        var wrong = input switch
        {
            null => $"Nothing was given, or more than {Longest / 1024} KiB.",
            { Length: 0 } => "The value is empty.",
            _ when !Utf8.IsValid(input.Value.Span) =>
                "The value is no UTF-8 text. Encode it first, with base64 for example.",
            _ => null,
        };
        if (wrong is null)
            return input;
        input?.Dispose();
        session.Fail(
            Exit.Usage,
            "bad_value",
            wrong,
            "Pipe the value in, or run the command in a terminal and type it."
        );
        return null;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_buffer);

    private static SecretInput? Typed(Session session, string question)
    {
        if (session.Terminal.AskHidden(question) is not { } typed)
            return null;
        try
        {
            var bytes = GC.AllocateUninitializedArray<byte>(
                Encoding.UTF8.GetByteCount(typed),
                pinned: true
            );
            return new SecretInput(bytes, Encoding.UTF8.GetBytes(typed, bytes));
        }
        finally
        {
            Array.Clear(typed);
        }
    }

    private static async Task<SecretInput?> Piped(
        Stream stream,
        bool keepNewline,
        CancellationToken stop
    )
    {
        var buffer = GC.AllocateUninitializedArray<byte>(Longest + 1, pinned: true);
        var length = await stream.ReadAtLeastAsync(
            buffer,
            buffer.Length,
            throwOnEndOfStream: false,
            stop
        );
        if (length > Longest)
        {
            CryptographicOperations.ZeroMemory(buffer);
            return null;
        }
        if (!keepNewline && length > 0 && buffer[length - 1] == '\n')
            length -= length > 1 && buffer[length - 2] == '\r' ? 2 : 1;
        return new SecretInput(buffer, length);
    }
}
