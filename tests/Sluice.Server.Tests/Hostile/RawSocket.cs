using System.Net.Sockets;
using System.Text;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Bytes to the server as they are, and what came back: for what no well-behaved client sends.</summary>
internal sealed class RawSocket : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private RawSocket(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    /// <summary>How many bytes the server's side of the connection took.</summary>
    public long Taken { get; private set; }

    public static async Task<RawSocket> Connect(Uri server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        return new RawSocket(client);
    }

    /// <summary>Writes all of it, or what the server takes before it hangs up.</summary>
    public async Task Write(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        try
        {
            foreach (var piece in pieces)
            {
                await _stream.WriteAsync(piece);
                Taken += piece.Length;
            }
        }
        catch (IOException)
        {
            // The server has hung up; the answer may be there.
        }
    }

    public Task Write(string text) => Write([Encoding.Latin1.GetBytes(text)]);

    /// <summary>Everything until the server hangs up, or for as long as it may take.</summary>
    public async Task<string> ReadToEnd(TimeSpan atMost)
    {
        using var patience = new CancellationTokenSource(atMost);
        var text = new StringBuilder();
        var buffer = new byte[16 << 10];
        try
        {
            while (await _stream.ReadAsync(buffer, patience.Token) is var length and > 0)
                text.Append(Encoding.UTF8.GetString(buffer, 0, length));
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // Cut off, or kept open: what has come is the answer.
        }
        return text.ToString();
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Status and body of the first answer in what was read; 0 for none.</summary>
    public static (int Status, string Body) Parse(string text)
    {
        if (!text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
            return (0, text);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return (int.Parse(text.AsSpan(9, 3)), end < 0 ? "" : text[(end + 4)..]);
    }
}
