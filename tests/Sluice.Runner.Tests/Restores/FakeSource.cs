using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sluice.Runner.Tests.Restores;

/// <summary>A source of packages on loopback that says what a test tells it to.</summary>
internal sealed class FakeSource : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeSource(WebApplication app) => _app = app;

    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>Path and where it redirects to.</summary>
    public ConcurrentDictionary<string, string> Moved { get; } = new();

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Ends with <c>/</c>.</summary>
    public string Address => _app.Urls.First() + "/";

    public static async Task<FakeSource> Open()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var source = new FakeSource(app);
        app.Run(source.Serve);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return source;
    }

    public void Add(string path, string text) => Files[path] = Encoding.UTF8.GetBytes(text);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Serve(HttpContext context)
    {
        var path = Uri.UnescapeDataString(context.Request.Path.Value!.TrimStart('/'));
        Asked.Enqueue(path);
        if (Moved.TryGetValue(path, out var to))
            context.Response.Redirect(to);
        else if (Files.TryGetValue(path, out var body))
            await context.Response.Body.WriteAsync(body);
        else
            context.Response.StatusCode = 404;
    }
}
