using System.Text;
using System.Text.Json;

namespace Sluice.Server.Tests.Identity;

/// <summary>A member who has a password.</summary>
internal sealed record Person(TestTenant Tenant, string Id, string Email)
{
    public const string Password = "a long password of the tests";

    /// <summary>Makes the person a member of another organisation, too.</summary>
    public async Task Join(TestTenant other, string role)
    {
        using var invited = await Invite(other, role);
        var link = (await TestHouse.Json(invited)).GetProperty("link").GetString()!;
        using var joined = await new Visitor(other.House).Post(
            "/api/v1/auth/accept-invitation",
            $$"""{"token":"{{link.Split('#')[1]}}","password":"{{Password}}"}"""
        );
        Assert.True(joined.IsSuccessStatusCode, await joined.Content.ReadAsStringAsync());
    }

    /// <summary>Invites the person to another organisation.</summary>
    public Task<HttpResponseMessage> Invite(TestTenant other, string role) =>
        other.Post("/api/v1/invitations", $$"""{"email":"{{Email}}","role":"{{role}}"}""");

    /// <summary>A browser in which the person is signed in.</summary>
    /// <param name="house">Another server of the tenant's, where there are two.</param>
    public async Task<Visitor> SignIn(TestHouse? house = null)
    {
        var visitor = new Visitor(house ?? Tenant.House);
        using var answer = await visitor.SignIn(Tenant.Handle, Email);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return visitor;
    }
}

/// <summary>A browser as far as a server sees it: it keeps the session's cookie and says where its page is from.</summary>
internal sealed class Visitor(TestHouse house)
{
    /// <summary><c>name=value</c>; empty when there is none.</summary>
    public string Cookie { get; set; } = "";

    /// <summary>The last <c>Set-Cookie</c>.</summary>
    public string Given { get; private set; } = "";

    public string Origin { get; set; } =
        house.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>The address that a proxy before the server says it is at; null where there is none.</summary>
    public string? From { get; set; }

    public Task<HttpResponseMessage> SignIn(
        string organization,
        string? email = null,
        string password = Person.Password
    ) =>
        Post(
            "/api/v1/auth/login",
            JsonSerializer.Serialize(
                email is null
                    ? new() { ["org_id"] = organization, ["password"] = password }
                    : new Dictionary<string, string>
                    {
                        ["org_id"] = organization,
                        ["email"] = email,
                        ["password"] = password,
                    }
            )
        );

    public Task<HttpResponseMessage> Get(string path) => Send(HttpMethod.Get, path);

    public Task<HttpResponseMessage> Post(string path, string? body = null) =>
        Send(HttpMethod.Post, path, body);

    public Task<HttpResponseMessage> PostForm(
        string path,
        params (string Name, string Value)[] fields
    ) =>
        PostForm(
            path,
            string.Join(
                '&',
                fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}")
            )
        );

    public Task<HttpResponseMessage> PostForm(string path, string form) =>
        Send(
            HttpMethod.Post,
            path,
            adjust: request =>
                request.Content = new StringContent(
                    form,
                    Encoding.UTF8,
                    "application/x-www-form-urlencoded"
                )
        );

    public Task<HttpResponseMessage> Delete(string path) => Send(HttpMethod.Delete, path);

    public async Task<HttpResponseMessage> Send(
        HttpMethod method,
        string path,
        string? body = null,
        Action<HttpRequestMessage>? adjust = null
    )
    {
        var answer = await house.Send(
            method,
            path,
            body,
            adjust: request =>
            {
                if (Cookie.Length > 0)
                    request.Headers.Add("Cookie", Cookie);
                if (method != HttpMethod.Get)
                    request.Headers.Add("Origin", Origin);
                if (From is not null)
                    request.Headers.Add("X-Forwarded-For", From);
                adjust?.Invoke(request);
            }
        );
        if (answer.Headers.TryGetValues("Set-Cookie", out var cookies))
        {
            Given = cookies.Last();
            Cookie = Given.Split(';')[0] is var pair && pair.EndsWith('=') ? "" : pair;
        }
        return answer;
    }

    /// <summary>Signs a request of a program that has the cookie and is no browser.</summary>
    public void Sign(HttpRequestMessage request)
    {
        request.Headers.Add("Cookie", Cookie);
        request.Headers.Add("Sluice-Csrf", "1");
    }

    /// <summary>The status of asking who is signed in.</summary>
    public async Task<int> Session()
    {
        using var answer = await Get("/api/v1/auth/session");
        return (int)answer.StatusCode;
    }
}
