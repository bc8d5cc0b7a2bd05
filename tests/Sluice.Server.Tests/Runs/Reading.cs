using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Server.Tests.Runs;

/// <summary>A reader of a stream, on a connection of its own that holds little.</summary>
internal sealed class Reading : IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(120));
    private readonly TestTenant _tenant;
    private readonly HttpClient _client;
    private readonly Socket _socket;
    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private Reading(TestTenant tenant, HttpClient client, Socket socket, HttpResponseMessage answer)
    {
        (_tenant, _client, _socket, _answer) = (tenant, client, socket, answer);
        RunId = answer.Headers.GetValues("X-Execution-Id").Single();
        _items = Read().GetAsyncEnumerator(_patience.Token);
    }

    public string RunId { get; }

    /// <summary>Each frame as its text and its number.</summary>
    public List<string> Frames { get; } = [];

    public JsonNode? Error { get; private set; }

    public JsonNode? Done { get; private set; }

    public static Task<Reading> Begin(
        TestTenant tenant,
        string graph,
        string input,
        string more = ""
    ) =>
        At(
            tenant,
            "/invocations/v1/flows/invoke/stream",
            $$"""{"graph_id":"{{graph}}","input":{{input}}{{more}}}"""
        );

    public static async Task<Reading> At(TestTenant tenant, string path, string body)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveBufferSize = 32 << 10,
            NoDelay = true,
        };
        var client = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (context, stop) =>
                {
                    await socket.ConnectAsync(context.DnsEndPoint, stop);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = tenant.House.Client.BaseAddress,
        };
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", tenant.Key);
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(
            answer.IsSuccessStatusCode,
            answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync()
        );
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new Reading(tenant, client, socket, answer);
    }

    /// <summary>Reads so many frames more.</summary>
    public async Task Next(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(await _items.MoveNextAsync(), $"it ended after {Frames.Count} frames");
            Take(_items.Current);
        }
    }

    public async Task ToEnd()
    {
        while (await _items.MoveNextAsync())
        {
            Assert.Null(Done);
            Take(_items.Current);
        }
        Assert.NotNull(Done);
    }

    /// <summary>Breaks the connection off.</summary>
    public void Leave() => _socket.Dispose();

    /// <param name="by">The tenant at another server; null: where the stream is read.</param>
    public async Task<JsonElement> Record(TestTenant? by = null)
    {
        using var answer = await (by ?? _tenant).Get($"/api/v1/runs/{RunId}");
        return await TestHouse.Json(answer);
    }

    /// <summary>Looks at the run until it is as wanted.</summary>
    public async Task<JsonElement> Until(Func<JsonElement, bool> isWanted, TestTenant? by = null)
    {
        while (true)
        {
            var run = await Record(by);
            if (isWanted(run))
                return run;
            Assert.False(_patience.IsCancellationRequested, run.ToString());
            await Task.Delay(100, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _patience.CancelAsync();
        try
        {
            await _items.DisposeAsync();
        }
        catch (IOException)
        {
            // The connection was broken off.
        }
        _answer.Dispose();
        _client.Dispose();
        _patience.Dispose();
    }

    private void Take(SseItem<string> item)
    {
        var data = JsonNode.Parse(item.Data)!;
        switch (item.EventType)
        {
            case "frame":
                Frames.Add($"{data["text"]} {data["number"] ?? "0"}");
                break;
            case "error":
                Error = data;
                break;
            case "done":
                Done = data;
                break;
            default:
                Assert.Fail($"a {item.EventType} is no part of a stream");
                break;
        }
    }

    private async IAsyncEnumerable<SseItem<string>> Read()
    {
        await using var body = await _answer.Content.ReadAsStreamAsync(_patience.Token);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(_patience.Token))
            yield return item;
    }
}
