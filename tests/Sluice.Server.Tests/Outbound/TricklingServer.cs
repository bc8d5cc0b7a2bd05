using System.Net.Sockets;
using System.Text;

namespace Sluice.Server.Tests.Outbound;

/// <summary>Takes a request, answers the beginning, and then a letter now and then for as long as the other side has patience.</summary>
/// <param name="beginning">What comes at once; may be nothing.</param>
/// <param name="letters">So many come after it; null: without end.</param>
internal sealed class TricklingServer(string beginning, int? letters = null) : LoopbackListener
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _called = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private readonly TaskCompletionSource _givenUp = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public string Url => $"http://127.0.0.1:{Port}/";

    /// <summary>Somebody has connected.</summary>
    public Task Called => _called.Task;

    /// <summary>The other side has hung up.</summary>
    public Task GivenUp => _givenUp.Task;

    protected override async Task Serve(TcpClient client)
    {
        _called.TrySetResult();
        var stream = client.GetStream();
        var request = new byte[4096];
        try
        {
            if (await stream.ReadAsync(request, Over) > 0)
                await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), Over);
            var trickling = Trickle(stream);
            while (await stream.ReadAsync(request, Over) > 0) { }
            await trickling;
        }
        catch (IOException)
        {
            // It hung up in the middle of a letter.
        }
        _givenUp.TrySetResult();
    }

    private async Task Trickle(NetworkStream stream)
    {
        for (var sent = 0; letters is null || sent < letters; sent++)
        {
            await Task.Delay(Between, Over);
            await stream.WriteAsync("a"u8.ToArray(), Over);
        }
    }
}
