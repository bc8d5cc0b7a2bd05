using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Cli.Tests;

/// <summary>A server that answers what it is told to, right or wrong, and remembers what it was asked.</summary>
internal sealed class OddServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Action<HttpListenerContext> _answer;

    public OddServer(Action<HttpListenerContext> answer)
    {
        _answer = answer;
        (_listener, Url) = Listen();
        _ = Serve();
    }

    public string Url { get; }

    /// <summary>Method and path of every request, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The last request's body.</summary>
    public byte[] Body { get; private set; } = [];

    public static OddServer Saying(
        string body,
        int status = 200,
        string type = "application/json"
    ) => new(context => Say(context, body, status, type));

    public static void Say(
        HttpListenerContext context,
        string body,
        int status = 200,
        string type = "application/json"
    )
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.OutputStream.Write(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            Body = body.ToArray();
            Asked.Add($"{context.Request.HttpMethod} {context.Request.RawUrl}");
            _answer(context);
        }
    }

    /// <summary>A port that was free a moment ago may be somebody else's by now: then another one.</summary>
    private static (HttpListener Listener, string Url) Listen()
    {
        for (var left = 20; ; left--)
        {
            var url = $"http://127.0.0.1:{FreePort()}";
            var listener = new HttpListener();
            listener.Prefixes.Add(url + "/");
            try
            {
                listener.Start();
                return (listener, url);
            }
            catch (Exception error)
                when (left > 1 && error is HttpListenerException or SocketException)
            {
                listener.Close();
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
