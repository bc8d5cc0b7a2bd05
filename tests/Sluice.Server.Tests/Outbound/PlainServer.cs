using System.Net.Sockets;
using System.Text;

namespace Sluice.Server.Tests.Outbound;

/// <summary>Answers whatever is asked with the same bytes, over plain TCP, and holds the line.</summary>
/// <param name="answer">Whole, with its head.</param>
/// <param name="endless">Goes on with the letter a until the other side has had enough.</param>
internal sealed class PlainServer(string answer, bool endless = false) : LoopbackListener
{
    private readonly byte[] _answer = Encoding.ASCII.GetBytes(answer);
    private int _calls;

    public string Url => $"http://127.0.0.1:{Port}/";

    /// <summary>Requests so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    protected override async Task Serve(TcpClient client)
    {
        var stream = client.GetStream();
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, Over) > 0)
        {
            Interlocked.Increment(ref _calls);
            await stream.WriteAsync(_answer, Over);
            Array.Fill(buffer, (byte)'a');
            while (endless)
                await stream.WriteAsync(buffer, Over);
        }
    }
}
