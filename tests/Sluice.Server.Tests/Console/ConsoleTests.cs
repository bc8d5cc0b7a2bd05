using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Server.Console;
using Sluice.Server.Doors;
using Sluice.Server.Tests.Identity;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Console;

/// <summary>What holds for every page of the console, over HTTP; what a browser makes of them is tested in one.</summary>
public abstract partial class ConsoleTests
{
    private const string Id = "01J00000000000000000000000";

    private readonly List<string> _wrong = [];

    private protected abstract Task<TestHouse> Open();

    [Fact]
    public async Task Nobody_is_shown_a_page_but_the_way_to_sign_in()
    {
        var house = await Open();
        foreach (var (method, path) in Pages(house).Where(page => page.Guarded).Select(Called))
        {
            using var answer = await Send(house, method, path, new Visitor(house));
            var location = answer.Headers.Location?.ToString() ?? "";
            if (
                answer.StatusCode != HttpStatusCode.SeeOther
                || location != "/console/sign-in?next=" + Uri.EscapeDataString(path)
            )
                _wrong.Add($"{method} {path}: {answer.StatusCode} {location}");
        }
        Report();
    }

    [Fact]
    public async Task A_key_is_no_way_in()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        using var answer = await house.Send(HttpMethod.Get, "/console/api-keys", key: tenant.Key);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(
            "/console/sign-in?next=%2Fconsole%2Fapi-keys",
            answer.Headers.Location?.ToString()
        );
    }

    [Fact]
    public async Task A_form_changes_nothing_without_the_proof_that_it_was_served_to_this_session()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("owner")).SignIn();
        var other = await (await tenant.NewPerson("owner")).SignIn();
        var stolen = await Token(other, "/console/api-keys/create");
        foreach (var proof in (string[])["", "garbage", stolen])
        {
            foreach (
                var (method, path) in Pages(house)
                    .Where(page => page is { Guarded: true, Method: "POST" })
                    .Select(Called)
            )
            {
                using var answer = await visitor.Send(
                    method,
                    path,
                    adjust: request =>
                        request.Content = Form(
                            ("_token", proof),
                            ("_environment", "live"),
                            ("name", "SNEAKED"),
                            ("value", "in"),
                            ("environment", "test")
                        )
                );
                var text = await answer.Content.ReadAsStringAsync();
                // What the form speaks of is looked for when it is shown again, and nobody has it here.
                var refused =
                    text.Contains("older than your session", StringComparison.Ordinal)
                    || answer.StatusCode == HttpStatusCode.NotFound;
                if (!refused)
                    _wrong.Add($"{method} {path} with '{proof}': {answer.StatusCode}");
            }
        }
        using var keys = await tenant.Get("/api/v1/keys");
        Assert.DoesNotContain("SNEAKED", await keys.Content.ReadAsStringAsync());
        using var secrets = await tenant.Get("/api/v1/secrets");
        Assert.DoesNotContain("SNEAKED", await secrets.Content.ReadAsStringAsync());
        Report();
    }

    [Fact]
    public async Task A_page_elsewhere_cannot_post_a_form()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("owner")).SignIn();
        visitor.Origin = "https://elsewhere.example";
        foreach (
            var (method, path) in Pages(house).Where(page => page.Method == "POST").Select(Called)
        )
        {
            using var answer = await visitor.Send(
                method,
                path,
                adjust: request => request.Content = Form(("name", "x"))
            );
            if (answer.StatusCode != HttpStatusCode.Forbidden)
                _wrong.Add($"{path}: {answer.StatusCode}");
        }
        Report();
    }

    [Fact]
    public async Task Every_page_keeps_to_itself()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("owner")).SignIn();
        foreach (
            var (method, path) in Pages(house).Where(page => page.Method == "GET").Select(Called)
        )
        {
            if (path.StartsWith("/console/assets", StringComparison.Ordinal))
                continue;
            using var answer = await visitor.Send(method, path);
            var html = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode is not (200 or 404))
                _wrong.Add($"{path}: {answer.StatusCode}");
            if (
                !answer.Headers.TryGetValues("Content-Security-Policy", out var policy)
                || policy.Single() != ConsolePage.Policy
            )
                _wrong.Add($"{path}: its policy");
            if (answer.Headers.CacheControl?.NoStore != true)
                _wrong.Add($"{path}: can be kept");
            if (Inline().Match(html) is { Success: true } inline)
                _wrong.Add($"{path}: {inline.Value}");
        }
        Report();
    }

    [Fact]
    public async Task A_page_of_another_tenants_thing_is_not_found()
    {
        var house = await Open();
        var (owner, stranger) = (await house.NewTenant(), await house.NewTenant());
        var (key, _) = await owner.MintKey();
        using var saved = await owner.Put("/api/v1/configs", $$"""{"flow":"{{owner.Handle}}/x"}""");
        var config = (await TestHouse.Json(saved)).GetProperty("id").GetString()!;
        var visitor = await (await stranger.NewPerson("owner")).SignIn();
        foreach (
            var path in (string[])
                [
                    $"/console/api-keys/{key}",
                    $"/console/api-keys/{key}/revoke",
                    $"/console/api-keys/{key}/rotate",
                    $"/console/flow-configs/{config}",
                    $"/console/flow-configs/{config}/delete",
                    $"/console/flow-configs/{config}/overrides/NAME/delete",
                ]
        )
        {
            using var answer = await visitor.Get(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        var token = await Token(visitor, "/console/api-keys/create");
        using var revoked = await visitor.Send(
            HttpMethod.Post,
            $"/console/api-keys/{key}/revoke",
            adjust: request => request.Content = Form(("_token", token), ("_environment", "live"))
        );
        Assert.Equal(HttpStatusCode.NotFound, revoked.StatusCode);
        using var still = await owner.Get($"/api/v1/keys/{key}");
        Assert.Equal(
            System.Text.Json.JsonValueKind.Null,
            (await TestHouse.Json(still)).GetProperty("revoked_at").ValueKind
        );
    }

    [Fact]
    public async Task A_role_sees_and_does_what_its_rights_reach_and_no_more()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var viewer = await (await tenant.NewPerson("viewer")).SignIn();
        using var home = await viewer.Get("/console");
        var shown = await home.Content.ReadAsStringAsync();
        Assert.Contains("href=\"/console/runs\"", shown);
        Assert.DoesNotContain("href=\"/console/members\"", shown);
        Assert.DoesNotContain("href=\"/console/api-keys\"", shown);
        foreach (
            var path in (string[])["/console/api-keys", "/console/secrets", "/console/secrets/add"]
        )
        {
            using var answer = await viewer.Get(path);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        var token = await Token(viewer, "/console");
        using var sneaked = await viewer.Send(
            HttpMethod.Post,
            "/console/secrets/add",
            adjust: request =>
                request.Content = Form(
                    ("_token", token),
                    ("_environment", "live"),
                    ("name", "SNEAKED"),
                    ("value", "in")
                )
        );
        Assert.Equal(HttpStatusCode.Forbidden, sneaked.StatusCode);
        using var secrets = await tenant.Get("/api/v1/secrets");
        Assert.DoesNotContain("SNEAKED", await secrets.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_form_of_one_environment_does_nothing_to_the_other()
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("owner")).SignIn();
        var token = await Token(visitor, "/console/secrets/add");
        using var answer = await visitor.Send(
            HttpMethod.Post,
            "/console/secrets/add",
            adjust: request =>
            {
                request.Headers.Remove("Cookie");
                request.Headers.Add("Cookie", visitor.Cookie + "; sluice_environment=test");
                request.Content = Form(
                    ("_token", token),
                    ("_environment", "live"),
                    ("name", "MEANT_FOR_LIVE"),
                    ("value", "x")
                );
            }
        );
        Assert.Contains(
            "switched the environment",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        using var names = await visitor.Send(
            HttpMethod.Get,
            "/api/v1/secrets",
            adjust: request => request.Headers.Add("Sluice-Environment", "test")
        );
        Assert.DoesNotContain("MEANT_FOR_LIVE", await names.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/console")]
    [InlineData("/console/\\elsewhere.example")]
    [InlineData("/console/sign-in?next=/console")]
    [InlineData("/consolation")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_leads_to_a_page_of_the_console_and_nowhere_else(string next)
    {
        var house = await Open();
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var visitor = new Visitor(house);
        using var answer = await Send(
            house,
            HttpMethod.Post,
            "/console/sign-in",
            visitor,
            ("org_id", tenant.Handle),
            ("email", person.Email),
            ("password", Person.Password),
            ("next", next)
        );
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/console", answer.Headers.Location?.ToString());
        Assert.Contains(
            "HttpOnly",
            answer.Headers.GetValues("Set-Cookie").Last(),
            StringComparison.OrdinalIgnoreCase
        );
    }

    private sealed record PageServed(string Method, string Path, bool Guarded);

    private static IEnumerable<PageServed> Pages(TestHouse house) =>
        from endpoint in house
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<PageRoute>() is not null
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select new PageServed(
            method,
            "/" + endpoint.RoutePattern.RawText!.TrimStart('/'),
            DoorMiddleware.RowOf(endpoint).Doors != Door.None
        );

    /// <summary>With ids of which nobody has made a thing.</summary>
    private static (HttpMethod, string) Called(PageServed page) =>
        (
            new HttpMethod(page.Method),
            Parameter().Replace(page.Path, match => match.Value == "{name}" ? "NOBODYS" : Id)
        );

    /// <summary>Not followed further: where an answer leads to is what is looked at.</summary>
    private static async Task<HttpResponseMessage> Send(
        TestHouse house,
        HttpMethod method,
        string path,
        Visitor visitor,
        params (string, string)[] fields
    )
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler) { BaseAddress = house.Client.BaseAddress };
        using var request = new HttpRequestMessage(method, path);
        if (method != HttpMethod.Get)
        {
            request.Content = Form(fields);
            request.Headers.Add("Origin", visitor.Origin);
        }
        var answer = await client.SendAsync(request);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static async Task<string> Token(Visitor visitor, string path)
    {
        using var page = await visitor.Get(path);
        return TokenField().Match(await page.Content.ReadAsStringAsync()).Groups["token"].Value;
    }

    private void Report()
    {
        if (_wrong.Count > 0)
            Assert.Fail(string.Join('\n', _wrong));
    }

    [GeneratedRegex(@"\{\**[a-z]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(
        "name=\"_token\" value=\"(?<token>[^\"]+)\"",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TokenField();

    /// <summary>Script or style within a page, or anything of another host.</summary>
    [GeneratedRegex(
        "<script(?! (type=\"module\" )?src=\"/)[^>]*>|<style|\\sstyle=|\\son[a-z]+=|(src|href|action)=\"(https?:)?//[^\"]*",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Inline();
}

public sealed class ConsoleTestsOnSqlite(Houses houses) : ConsoleTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class ConsoleTestsOnPostgres(Houses houses) : ConsoleTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
