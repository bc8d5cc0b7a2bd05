using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Every id in a path and every known query, filled with what is none.</summary>
public abstract partial class PathTests
{
    private static readonly string[] OddIds =
    [
        "%20",
        "'",
        "%22",
        "'%20OR%20'1'='1",
        "%3Cscript%3E",
        "%F0%9F%92%A9",
        "%FF",
        "%C0%AF",
        "%ED%A0%80",
        "%zz",
        "%",
        "a%0Ab",
        "a%0D%0ASet-Cookie:x",
        "a%00b",
        "..",
        "%2e%2e",
        "..%2f..%2f",
        "%2F",
        "a;b",
        "a:b",
        "*",
        "null",
        "-1",
        "0",
        "99999999999999999999999999",
        "01j00000000000000000000000",
        "$(id)",
        "{id}",
        "\u00e9\u0301",
        "%E2%80%AE",
        new('a', 7000),
    ];

    private static readonly string[] OddQueries =
    [
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=abc",
        "limit=1e3",
        "limit=%D9%A3",
        "limit=99999999999999999999",
        "limit=5&limit=6",
        "limit=",
        "limit=%00",
        "cursor=%00",
        "cursor='",
        "cursor=%FF%FE",
        "cursor=%zz",
        "cursor=..%2f",
        "flow=%00",
        "flow='%20OR%201=1",
        "flow=%F0%9F%92%A9",
        "status=%00",
        "status=nonsense",
        "status=",
        "revision=abc",
        "revision=-1",
        "revision=99999999999999999999",
        "revision=1&revision=2",
        "revision=",
        "days=0",
        "days=-1",
        "days=1e9",
        "days=abc",
        "days=99999999999",
        "%00=%00",
        "=",
        "&&&&",
        "[]=1",
        "a=%ED%A0%80",
    ];

    private readonly List<string> _wrong = [];

    private protected abstract Task<TestHouse> Open();

    [Fact]
    public async Task An_odd_id_is_nobodys()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        foreach (var (method, pattern) in Routes(house).Where(each => each.Pattern.Contains('{')))
        {
            foreach (var odd in OddIds)
                await Ask(house, tenant, method, Parameter().Replace(pattern, odd), odd.Length > 0);
        }
        Report();
    }

    [Fact]
    public async Task An_odd_query_is_refused_or_finds_nothing()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        foreach (var (method, pattern) in Routes(house).Where(each => each.Method == "GET"))
        {
            var path = Parameter().Replace(pattern, "01J00000000000000000000000");
            foreach (var odd in OddQueries.Append("cursor=" + new string('c', 5000)))
                await Ask(house, tenant, method, $"{path}?{odd}", mayBeFine: true);
        }
        Report();
    }

    private async Task Ask(
        TestHouse house,
        TestTenant tenant,
        string method,
        string path,
        bool mayBeFine
    )
    {
        var admin =
            path.StartsWith("/api/v1/admin", StringComparison.Ordinal)
            || path.StartsWith("/metrics", StringComparison.Ordinal);
        var body = method is "PUT" or "POST"
            ? "Content-Type: application/json\r\nContent-Length: 13\r\n"
            : "";
        using var socket = await RawSocket.Connect(house.Client.BaseAddress!);
        await socket.Write([
            System.Text.Encoding.UTF8.GetBytes(
                $"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{(admin ? "X-Admin-API-Key: " + TestHouse.AdminKey : "Authorization: Bearer " + tenant.Key)}\r\n{body}\r\n{(body.Length > 0 ? "{\"value\":\"xy\"}"[..13] : "")}"
            ),
        ]);
        var (status, text) = RawSocket.Parse(await socket.ReadToEnd(TimeSpan.FromSeconds(20)));
        // Kestrel refuses what is no path at all without a body.
        var fault =
            status is 400 or 414 && text.Length == 0 ? null
            : mayBeFine && status is >= 200 and < 300 ? Answers.Leak(text)
            : Answers.Fault(status, text);
        if (fault is not null)
            _wrong.Add($"{method} {Answers.Clip(path)}: {fault}");
    }

    /// <summary>Every served route but those that start work or end the tenant's own key.</summary>
    private static IEnumerable<(string Method, string Pattern)> Routes(TestHouse house) =>
        from endpoint in house
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(Doors.DoorSuite.IsOfApi)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (method, "/" + endpoint.RoutePattern.RawText!.TrimStart('/'));

    private void Report()
    {
        if (_wrong.Count > 0)
            Assert.Fail(string.Join('\n', _wrong));
    }

    [GeneratedRegex(@"\{[a-z_]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}

public sealed class PathTestsOnSqlite(Houses houses) : PathTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class PathTestsOnPostgres(Houses houses) : PathTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
