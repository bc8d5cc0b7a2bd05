using System.Net.Sockets;
using System.Text;
using Sluice.Runner.Egress;

namespace Sluice.Runner.Restores;

/// <summary>What a tool in the sandbox is answered.</summary>
internal sealed record GateAnswer(int Status, string Reason)
{
    public string ContentType { get; init; } = "application/octet-stream";

    public byte[] Body { get; init; } = [];

    /// <summary>A file of this machine instead of the body.</summary>
    public string? File { get; init; }

    public static GateAnswer Of(byte[] body, string contentType) =>
        new(200, "OK") { Body = body, ContentType = contentType };

    /// <summary>The answer for something that was fetched or not.</summary>
    public static GateAnswer Of(Fetched fetched) =>
        fetched.Why is null
            ? new GateAnswer(200, "OK") { File = fetched.File, Body = fetched.Body }
            : new GateAnswer(fetched.Unknown ? 404 : 403, fetched.Why);
}

/// <summary>
/// The one way out of a sandbox that restores dependencies: plain GET for what a source has. The server fetches on this
/// side, so credentials, certificates and other hosts stay out of the sandbox, and all that passes is counted.
/// </summary>
internal sealed class SourceGate : Gate
{
    private const int Connections = 64;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Func<string, CancellationToken, Task<GateAnswer>> _serve;

    private SourceGate(
        EgressOwner owner,
        string folder,
        TimeProvider clock,
        Func<string, CancellationToken, Task<GateAnswer>> serve
    )
        : base(owner, folder, Connections, s_patience, clock) => _serve = serve;

    /// <summary>Where tools find it, inside the sandbox.</summary>
    public const string Inside = "http://127.0.0.1:3128/";

    /// <summary>Listens.</summary>
    /// <param name="owner">Whose restore it is.</param>
    /// <param name="folder">Where the socket is put.</param>
    /// <param name="clock">For timeouts.</param>
    /// <param name="serve">Answers a path, without its leading <c>/</c> and as it was sent.</param>
    public static SourceGate Open(
        EgressOwner owner,
        string folder,
        TimeProvider clock,
        Func<string, CancellationToken, Task<GateAnswer>> serve
    )
    {
        var gate = new SourceGate(owner, folder, clock, serve);
        gate.Open();
        return gate;
    }

    protected override async Task Converse(Socket inner)
    {
        var (head, _) = await ReadHead(inner);
        var words = head.Split(' ');
        if (words.Length != 3 || words[0] != "GET" || !words[1].StartsWith('/'))
        {
            await Answer(inner, 405, "Only GET is served here");
            return;
        }
        var answer = await _serve(words[1][1..], Stopped);
        await using var content = answer.File is { } file
            ? File.OpenRead(file)
            : (Stream)
                new MemoryStream(
                    answer.Status == 200 ? answer.Body : Encoding.UTF8.GetBytes(answer.Reason)
                );
        var reason = answer.Status switch
        {
            200 => "OK",
            404 => "Not Found",
            _ => "Forbidden",
        };
        var type = answer.Status == 200 ? answer.ContentType : "text/plain; charset=utf-8";
        await inner.SendAsync(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {answer.Status} {reason}\r\nContent-Type: {type}\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n"
            ),
            Stopped
        );
        await using var to = new NetworkStream(inner, ownsSocket: false);
        await content.CopyToAsync(to, Stopped);
        inner.Shutdown(SocketShutdown.Send);
    }
}
