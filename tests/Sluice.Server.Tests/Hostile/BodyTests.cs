using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Server.Tests.Doors;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Every route that takes a body, and bodies that it must not take: each answer is a refusal in form, and nothing of the inside shows.</summary>
public abstract class BodyTests
{
    private static readonly ConcurrentDictionary<string, Visitor> Visitors = [];

    private readonly List<string> _wrong = [];

    private protected abstract Task<TestHouse> Open();

    [Fact]
    public async Task A_body_that_is_not_what_the_route_takes_is_refused_in_form()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        foreach (var (method, recipe) in Takers(house, tenant))
        {
            foreach (var (what, body) in BadBodies.For(recipe.Body!))
            {
                var (status, text) = await Send(
                    house,
                    tenant,
                    method,
                    recipe,
                    new ByteArrayContent(body)
                );
                // A secret may hold any character; a validation answers what is wrong with a text; a replay
                // needs no body, nor does a search; a setting and a limit are numbers.
                var fine =
                    (
                        what is "NUL in a value"
                        && recipe.Path.Contains("/secrets/", StringComparison.Ordinal)
                    )
                    || (
                        what is "a long value"
                        && recipe.Path.EndsWith("/validate", StringComparison.Ordinal)
                    )
                    || (
                        what is "nothing"
                        && recipe.Path.EndsWith("/replay", StringComparison.Ordinal)
                    )
                    || (
                        what is "1 for a text"
                        && recipe.Path.EndsWith("/settings", StringComparison.Ordinal)
                    )
                    || (
                        what is "nothing" or "1 for a text"
                        && recipe.Path.EndsWith("/audit/search", StringComparison.Ordinal)
                    );
                if (Answers.Fault(status, text, fine) is { } fault)
                    _wrong.Add($"{method} {recipe.Path}: {what}: {fault}");
            }
        }
        Report();
    }

    [Fact]
    public async Task A_body_with_one_member_of_the_wrong_kind_breaks_no_route()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var description = await house.Client.GetAsync("/openapi.json");
        var bad = new BadMembers(await TestHouse.Json(description));
        var tried = 0;
        foreach (var (method, recipe) in Takers(house, tenant))
        {
            foreach (var (what, body) in bad.For(method.Method, recipe.Path, recipe.Body!))
            {
                tried++;
                using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                var (status, text) = await Send(house, tenant, method, recipe, content);
                // Some members may be of more than one kind.
                if ((status < 400 ? Answers.Leak(text) : Answers.Fault(status, text)) is { } fault)
                    _wrong.Add($"{method} {recipe.Path}: {what}: {fault}");
            }
        }
        Assert.True(tried > 1000, $"only {tried}");
        Report();
    }

    [Fact]
    public async Task An_encoded_body_is_415()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var zipped = new MemoryStream();
        await using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(new byte[4 << 20]);
        foreach (var (method, recipe) in Takers(house, tenant))
        {
            foreach (var encoding in (string[])["gzip", "deflate", "br", "identity, gzip", "x"])
            {
                using var content = new ByteArrayContent(zipped.ToArray());
                content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
                var (status, text) = await Send(house, tenant, method, recipe, content);
                if (status != 415 || Answers.Fault(status, text) is not null)
                    _wrong.Add($"{method} {recipe.Path}: {encoding}: {status} {text}");
            }
        }
        Report();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_413(bool announced)
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        foreach (var (method, recipe) in Takers(house, tenant))
        {
            var package = recipe.ContentType != "application/json";
            var (status, text) = await SendEndless(
                house,
                tenant,
                method,
                recipe,
                (package ? 33 : 17) << 20,
                announced
            );
            // A secret's length is needed first: chunks are refused before any is read.
            var secret = recipe.Path.Contains("/secrets/", StringComparison.Ordinal);
            if (
                status != (secret && !announced ? 411 : 413)
                || Answers.Fault(status, text) is not null
            )
                _wrong.Add($"{method} {recipe.Path}: {status} {Answers.Clip(text)}");
        }
        Report();
    }

    [Fact]
    public async Task A_package_that_is_none_is_refused_before_anything_is_built()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        foreach (var (what, body) in BadPackages.All(tenant.Handle))
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/gzip");
            using var answer = await house.Send(
                HttpMethod.Post,
                "/api/v1/packages",
                key: tenant.Key,
                adjust: request => request.Content = content
            );
            var text = await answer.Content.ReadAsStringAsync();
            if (Answers.Fault((int)answer.StatusCode, text) is { } fault)
                _wrong.Add($"{what}: {fault}");
        }
        Report();
    }

    /// <summary>Every endpoint with a body in its recipe, and the recipe.</summary>
    private static IEnumerable<(HttpMethod Method, Recipe Recipe)> Takers(
        TestHouse house,
        TestTenant tenant
    ) =>
        from endpoint in house
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(DoorSuite.IsOfApi)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        let recipe = Recipes.For(
            $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}",
            Recipes.Nobodys with
            {
                Flow = $"{tenant.Handle}/nothing",
                Handle = tenant.Handle,
            }
        )![0]
        where recipe.Body is not null
        select (
            new HttpMethod(method),
            recipe.ContentType == "application/json"
                ? recipe
                : recipe with
                {
                    Body = "{\"x\":\"\"}",
                }
        );

    private static async Task<(int, string)> Send(
        TestHouse house,
        TestTenant tenant,
        HttpMethod method,
        Recipe recipe,
        HttpContent content
    )
    {
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(recipe.ContentType);
        var admin = recipe.Path.StartsWith("/api/v1/admin", StringComparison.Ordinal);
        var visitor = OfPeople(recipe) ? await Visitor(tenant) : null;
        using var answer = await house.Send(
            method,
            recipe.Path,
            key: admin || visitor is not null ? null : tenant.Key,
            admin: admin,
            adjust: request =>
            {
                request.Content = content;
                visitor?.Sign(request);
            }
        );
        content.Dispose();
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Whether it takes a session alone.</summary>
    private static bool OfPeople(Recipe recipe) =>
        !recipe.Path.StartsWith("/api/v1/", StringComparison.Ordinal)
            && !recipe.Path.StartsWith("/invocations/", StringComparison.Ordinal)
        || recipe.Path.StartsWith("/api/v1/auth/", StringComparison.Ordinal);

    private static async Task<Visitor> Visitor(TestTenant tenant) =>
        Visitors.TryGetValue(tenant.Id, out var known)
            ? known
            : Visitors[tenant.Id] = await (await tenant.NewPerson("viewer")).SignIn();

    private void Report()
    {
        if (_wrong.Count > 0)
            Assert.Fail(string.Join('\n', _wrong));
    }

    /// <summary>A body of one digit, made as it is sent; in chunks when its length is not announced.</summary>
    private static async Task<(int, string)> SendEndless(
        TestHouse house,
        TestTenant tenant,
        HttpMethod method,
        Recipe recipe,
        int length,
        bool announced
    )
    {
        const int piece = 64 << 10;
        using var socket = await RawSocket.Connect(house.Client.BaseAddress!);
        var reading = socket.ReadToEnd(TimeSpan.FromSeconds(30));
        var admin = recipe.Path.StartsWith("/api/v1/admin", StringComparison.Ordinal);
        var visitor = OfPeople(recipe) ? await Visitor(tenant) : null;
        var credential =
            admin ? "X-Admin-API-Key: " + TestHouse.AdminKey
            : visitor is not null ? $"Cookie: {visitor.Cookie}\r\nSluice-Csrf: 1"
            : "Authorization: Bearer " + tenant.Key;
        await socket.Write(
            $"{method} {recipe.Path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + $"{credential}\r\n"
                + $"Content-Type: {recipe.ContentType}\r\n"
                + $"{(announced ? $"Content-Length: {length}" : "Transfer-Encoding: chunked")}\r\n\r\n"
        );
        var digits = Encoding.ASCII.GetBytes(new string('9', piece));
        byte[] body = announced
            ? digits
            : [.. Encoding.ASCII.GetBytes($"{piece:x}\r\n"), .. digits, .. "\r\n"u8];
        await socket.Write(Enumerable.Repeat((ReadOnlyMemory<byte>)body, length / piece));
        return RawSocket.Parse(await reading);
    }
}

public sealed class BodyTestsOnSqlite(Houses houses) : BodyTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class BodyTestsOnPostgres(Houses houses) : BodyTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
