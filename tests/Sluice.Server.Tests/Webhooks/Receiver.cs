using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sluice.Server.Tests.Webhooks;

/// <summary>A message as it arrived.</summary>
internal sealed record Received(string Id, string Seconds, string Signature, byte[] Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Type => Json.GetProperty("type").GetString()!;

    /// <summary>Lines of its entries, to the letter.</summary>
    public IEnumerable<string> Entries =>
        Type == "audit.entries"
            ? Json.GetProperty("data")
                .GetProperty("entries")
                .EnumerateArray()
                .Select(entry => entry.GetRawText())
            : [];

    /// <summary>Whether openssl comes to the same signature.</summary>
    public bool IsSigned(string secret)
    {
        var key = Convert.ToHexStringLower(Convert.FromBase64String(secret["whsec_".Length..]));
        using var openssl = Process.Start(
            new ProcessStartInfo(
                "openssl",
                ["dgst", "-sha256", "-mac", "HMAC", "-macopt", $"hexkey:{key}", "-binary"]
            )
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        openssl.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes($"{Id}.{Seconds}."));
        openssl.StandardInput.BaseStream.Write(Body);
        openssl.StandardInput.Close();
        using var digest = new MemoryStream();
        openssl.StandardOutput.BaseStream.CopyTo(digest);
        openssl.WaitForExit();
        return Signature == "v1," + Convert.ToBase64String(digest.ToArray());
    }
}

/// <summary>Takes messages on loopback, and answers as it is told.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Received> _came = Channel.CreateUnbounded<Received>();

    private Receiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/ledger?token=t0ken";

    /// <summary>A status that stands for none: the line is cut.</summary>
    public const int NoAnswer = 0;

    /// <summary>What is answered.</summary>
    public int Status { get; set; } = 204;

    /// <summary>Answers wait for it; null for none.</summary>
    public Task? Hold { get; set; }

    /// <summary>Whether any message came in twice at the same time.</summary>
    public bool Overlapped { get; private set; }

    public static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(receiver.Take);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>The next message.</summary>
    public async Task<Received> Next() =>
        await _came.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Messages until one has the entry of this number.</summary>
    public async Task<List<Received>> Until(long seq)
    {
        var all = new List<Received>();
        while (
            all is []
            || all[^1].Type != "audit.entries"
            || all[^1].Json.GetProperty("data").GetProperty("last").GetInt64() < seq
        )
            all.Add(await Next());
        return all;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private int _atOnce;

    private async Task Take(HttpContext context)
    {
        Overlapped |= Interlocked.Increment(ref _atOnce) > 1;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Status == NoAnswer)
            context.Abort();
        else
            context.Response.StatusCode = Status;
        var headers = context.Request.Headers;
        _came.Writer.TryWrite(
            new Received(
                headers["webhook-id"].ToString(),
                headers["webhook-timestamp"].ToString(),
                headers["webhook-signature"].ToString(),
                body.ToArray()
            )
        );
        if (Hold is { } hold)
            await hold.WaitAsync(context.RequestAborted);
        Interlocked.Decrement(ref _atOnce);
    }
}
