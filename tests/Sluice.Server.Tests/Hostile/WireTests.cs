using System.Text;

namespace Sluice.Server.Tests.Hostile;

/// <summary>HTTP as no client writes it: the server refuses and lives on, and says nothing of its inside.</summary>
public sealed class WireTests(Houses houses)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<string> _wrong = [];

    [Fact]
    public async Task A_request_that_is_no_HTTP_is_refused_or_cut_off()
    {
        var house = await houses.Sqlite;
        var key = (await house.NewTenant()).Key;
        var start =
            $"POST /invocations/v1/flows/invoke HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n";
        foreach (
            var request in (string[])
                [
                    "\r\n\r\n\r\n",
                    "\0\0\0\0\r\n\r\n",
                    "GET\r\n\r\n",
                    "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
                    "GET / HTTP/1.1\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                    "GET http://other/health HTTP/1.1\r\nHost: x y\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\nA: \xff\xfe\r\n\r\n",
                    $"GET / HTTP/1.1\r\nHost: x\r\nA: {new string('a', 40_000)}\r\n\r\n",
                    $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\n"
                        + string.Concat(Enumerable.Range(0, 500).Select(each => $"H{each}: x\r\n"))
                        + "\r\n",
                    "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET /%zz%4 HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET /%ff%c0%af HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET /api/v1/../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET /errors/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET //health// HTTP/1.1\r\nHost: x\r\n\r\n",
                    "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
                    "TRACE /health HTTP/1.1\r\nHost: x\r\n\r\n",
                    "CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                    start + "Content-Length: -1\r\n\r\n",
                    start + "Content-Length: 99999999999999999999\r\n\r\n",
                    start + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
                    start + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    start + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                    start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                    start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                    start + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n",
                    start + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n",
                    start + "Expect: a miracle\r\nContent-Length: 2\r\n\r\n{}",
                    start
                        + "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\n{}",
                ]
        )
        {
            using var socket = await RawSocket.Connect(house.Client.BaseAddress!);
            await socket.Write(request.Replace("Host: x\r\n", "Host: x\r\nConnection: close\r\n"));
            var (status, body) = RawSocket.Parse(await socket.ReadToEnd(Patience));
            var what = Answers.Clip(request.ReplaceLineEndings("⏎"));
            // The parser itself refuses without a body; silence is a connection that was cut off.
            if (status is not (0 or (>= 400 and < 500) or 505))
                _wrong.Add($"{what}: {status} {Answers.Clip(body)}");
            if (Answers.Leak(body) is { } leak)
                _wrong.Add($"{what}: shows {leak}");
        }
        Report();
        await ItLives(house);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endless_body_is_answered_at_the_limit_and_not_read_on(bool announced)
    {
        var house = await houses.Sqlite;
        var tenant = await house.NewTenant();
        const int limit = 16 << 20;
        const int piece = 64 << 10;
        using var socket = await RawSocket.Connect(house.Client.BaseAddress!);
        var reading = socket.ReadToEnd(Patience);
        await socket.Write(
            $"POST /invocations/v1/flows/invoke HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tenant.Key}\r\n"
                + (
                    announced
                        ? "Content-Length: 60000000\r\n\r\n"
                        : "Transfer-Encoding: chunked\r\n\r\n"
                )
        );
        var digits = Encoding.ASCII.GetBytes(new string('9', piece));
        byte[] body = announced
            ? digits
            : [.. Encoding.ASCII.GetBytes($"{piece:x}\r\n"), .. digits, .. "\r\n"u8];
        await socket.Write(Enumerable.Repeat((ReadOnlyMemory<byte>)body, 60_000_000 / piece));
        var (status, text) = RawSocket.Parse(await reading);
        Assert.Null(Answers.Fault(status, text));
        Assert.Equal(413, status);
        // What lies in the sockets' own buffers counts as taken.
        Assert.InRange(socket.Taken, 0, (announced ? 0 : limit) + (12 << 20));
        await ItLives(house);
    }

    [Fact]
    public async Task A_caller_that_leaves_in_the_middle_harms_nobody()
    {
        var house = await houses.Sqlite;
        var tenant = await house.NewTenant();
        for (var i = 0; i < 50; i++)
        {
            using var socket = await RawSocket.Connect(house.Client.BaseAddress!);
            await socket.Write(
                $"PUT /api/v1/secrets/S{i} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tenant.Key}\r\nContent-Length: 100\r\n\r\n{{\"value\":\"half"
            );
        }
        var secrets = await TestHouse.Json(await tenant.Get("/api/v1/secrets"));
        Assert.Equal(0, secrets.GetProperty("data").GetArrayLength());
        await ItLives(house);
    }

    [Fact]
    public async Task A_body_that_trickles_is_cut_off()
    {
        var house = await houses.Sqlite;
        var tenant = await house.NewTenant();
        using var socket = await RawSocket.Connect(house.Client.BaseAddress!);
        await socket.Write(
            $"POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tenant.Key}\r\nContent-Length: 1000\r\n\r\n{{"
        );
        var (status, body) = RawSocket.Parse(await socket.ReadToEnd(TimeSpan.FromSeconds(60)));
        Assert.InRange(status, 400, 499);
        Assert.Null(Answers.Leak(body));
        await ItLives(house);
    }

    [Fact]
    public async Task A_malformed_credential_is_401_like_any_other()
    {
        var house = await houses.Sqlite;
        var key = (await house.NewTenant()).Key;
        foreach (
            var headers in (string[])
                [
                    "Authorization: Bearer",
                    "Authorization: Bearer ",
                    $"Authorization: {key}",
                    $"Authorization: Basic {key}",
                    $"Authorization: Bearer {key} {key}",
                    $"Authorization: Bearer {key},Bearer {key}",
                    $"Authorization: Bearer {key}\r\nAuthorization: Bearer {key}",
                    $"Authorization: Bearer {key[..^1]}",
                    $"Authorization: Bearer {key}x",
                    $"Authorization: Bearer {key.ToUpperInvariant()}",
                    $"Authorization: Bearer \"{key}\"",
                    $"Authorization: Bearer {new string('k', 20_000)}",
                    $"Authorization: Bearer {new string('f', 64)}",
                    "Authorization: Bearer ключ",
                    "Authorization: Bearer ' OR 1=1 --",
                    $"X-API-Key: {key}",
                    $"X-Admin-API-Key: {key}",
                    $"Cookie: key={key}",
                ]
        )
        {
            foreach (var path in (string[])["/api/v1/whoami", "/invocations/v1/flows/invoke"])
            {
                using var socket = await RawSocket.Connect(house.Client.BaseAddress!);
                await socket.Write([
                    Encoding.UTF8.GetBytes(
                        $"{(path[1] == 'a' ? "GET" : "POST")} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n\r\n"
                    ),
                ]);
                var (status, body) = RawSocket.Parse(await socket.ReadToEnd(Patience));
                var fault = Answers.Fault(status, body);
                if (status != 401 || fault is not null)
                    _wrong.Add($"{path} {Answers.Clip(headers)}: {status} {fault}");
            }
        }
        Report();
    }

    private static async Task ItLives(TestHouse house)
    {
        using var health = await house.Client.GetAsync("/health");
        Assert.Equal(200, (int)health.StatusCode);
    }

    private void Report()
    {
        if (_wrong.Count > 0)
            Assert.Fail(string.Join('\n', _wrong));
    }
}
