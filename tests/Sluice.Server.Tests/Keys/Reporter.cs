using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sluice.Server.Tests.Keys;

/// <summary>Somebody who reports leaked keys. The key pair and every signature are openssl's, none of ours.</summary>
internal sealed class Reporter : IDisposable
{
    private const string Route = "/api/v1/leaks";

    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-reporter-").FullName;

    public Reporter(string name, string curve = "prime256v1")
    {
        Name = name;
        OpenSsl("ecparam", "-name", curve, "-genkey", "-noout", "-out", File("private.pem"));
        OpenSsl("ec", "-in", File("private.pem"), "-pubout", "-out", File("public.pem"));
    }

    public string Name { get; }

    /// <summary>A file with this reporter's public key, and those of others, as GitHub publishes them.</summary>
    public string Document(params Reporter[] others)
    {
        System.IO.File.WriteAllText(File("keys.json"), Published([this, .. others]));
        return File("keys.json");
    }

    public static string Published(IEnumerable<Reporter> reporters) =>
        JsonSerializer.Serialize(
            new
            {
                public_keys = reporters.Select(reporter => new
                {
                    key_identifier = reporter.Name,
                    key = System.IO.File.ReadAllText(reporter.File("public.pem")),
                    is_current = true,
                }),
            }
        );

    /// <summary>In DER, over the bytes of the text.</summary>
    public byte[] Sign(string text)
    {
        System.IO.File.WriteAllText(File("body"), text);
        OpenSsl(
            "dgst",
            "-sha256",
            "-sign",
            File("private.pem"),
            "-out",
            File("signature"),
            File("body")
        );
        return System.IO.File.ReadAllBytes(File("signature"));
    }

    public Task<HttpResponseMessage> Send(TestHouse house, string body) =>
        Send(house, body, Name, Convert.ToBase64String(Sign(body)));

    public static Task<HttpResponseMessage> Send(
        TestHouse house,
        string body,
        string? name,
        string? signature
    )
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
        // A body that is refused unread may break the connection while it is being sent.
        return body.Length > 1 << 20
            ? house.SendAnnounced(HttpMethod.Post, Route, content, Sign)
            : house.Send(
                HttpMethod.Post,
                Route,
                adjust: request =>
                {
                    request.Content = content;
                    Sign(request);
                }
            );

        void Sign(HttpRequestMessage request)
        {
            if (name is not null)
                request.Headers.TryAddWithoutValidation("Github-Public-Key-Identifier", name);
            if (signature is not null)
                request.Headers.TryAddWithoutValidation("Github-Public-Key-Signature", signature);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string name) => Path.Combine(_folder, name);

    private static void OpenSsl(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("openssl", arguments)
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            }
        )!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
    }
}

/// <summary>Where public keys are published: one document over HTTP, on this machine.</summary>
internal sealed class Publisher : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _asked;

    private Publisher(WebApplication app) => _app = app;

    public string Address => _app.Urls.First() + "/keys";

    public (int Status, string Body) Answer { get; set; }

    /// <summary>How often the document was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public static async Task<Publisher> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var publisher = new Publisher(app);
        app.MapGet(
            "/keys",
            async context =>
            {
                Interlocked.Increment(ref publisher._asked);
                context.Response.StatusCode = publisher.Answer.Status;
                // A redirect that is followed would find what it looks for.
                context.Response.Headers.Location = "/moved";
                await context.Response.WriteAsync(publisher.Answer.Body);
            }
        );
        app.MapGet("/moved", () => Results.Json(new { public_keys = Array.Empty<string>() }));
        await app.StartAsync();
        return publisher;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
