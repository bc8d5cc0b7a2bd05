using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;

namespace Sluice.Server.Tests.Identity;

/// <summary>How people come in, and who must not.</summary>
public abstract class InvitationTests
{
    private protected abstract Task<TestHouse> Shared();

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_new_organisations_owner_comes_in_by_a_link_that_works_once()
    {
        var house = await Shared();
        var handle = $"o{Guid.NewGuid():N}"[..16];
        var email = $"ada@{handle}.example";
        var made = await NewOrganization(house, handle, email);
        var code = SmtpServer.Code(made.GetProperty("invitation").GetString()!);
        var visitor = new Visitor(house);
        using var early = await visitor.SignIn(handle, email);
        Assert.Equal("sign_in_failed", await Code(early));
        using var weak = await Accept(visitor, code, "short");
        Assert.Equal("invalid_input", await Code(weak));
        var racers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Accept(new Visitor(house), code))
        );
        Assert.Single(racers, answer => answer.IsSuccessStatusCode);
        using var again = await Accept(visitor, code);
        Assert.Equal("link_not_valid", await Code(again));
        using var login = await visitor.SignIn(handle);
        var session = await TestHouse.Json(login);
        Assert.Equal("owner", session.GetProperty("role").GetString());
        // Repeating the call gives nobody a way in.
        var repeated = await NewOrganization(house, handle, email);
        Assert.Equal(JsonValueKind.Null, repeated.GetProperty("invitation").ValueKind);
    }

    [Fact]
    public async Task An_invited_person_becomes_a_member_with_the_role_and_a_password()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        var admin = await (await tenant.NewPerson("admin")).SignIn();
        var email = $"{Guid.NewGuid():N}@example.org";
        var first = await Invite(admin, email, "developer");
        var second = await Invite(admin, email, "viewer");
        var visitor = new Visitor(house);
        using var replaced = await Accept(visitor, first);
        Assert.Equal("link_not_valid", await Code(replaced));
        using var accepted = await Accept(visitor, second, name: "Grace");
        Assert.Equal(200, (int)accepted.StatusCode);
        Assert.Equal(200, await visitor.Session());
        using var who = await visitor.Get("/api/v1/auth/session");
        var session = await TestHouse.Json(who);
        Assert.Equal("viewer", session.GetProperty("role").GetString());
        Assert.Equal("Grace", session.GetProperty("name").GetString());
        using var listed = await admin.Get("/api/v1/invitations");
        var text = await listed.Content.ReadAsStringAsync();
        Assert.DoesNotContain(second, text, StringComparison.Ordinal);
        Assert.Equal(
            ["accepted", "revoked"],
            JsonDocument
                .Parse(text)
                .RootElement.GetProperty("data")
                .EnumerateArray()
                .Select(each => each.GetProperty("status").GetString())
                .Take(2)
        );
        using var member = await Post(admin, email, "viewer");
        Assert.Equal("already_member", await Code(member));
        using var signedIn = await visitor.SignIn(tenant.Handle, email);
        Assert.Equal(200, (int)signedIn.StatusCode);
    }

    [Fact]
    public async Task An_invitation_ends_after_a_week_when_it_is_revoked_and_with_its_inviters_rights()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var tenant = await house.NewTenant();
        var inviter = await tenant.NewPerson("admin");
        var admin = await inviter.SignIn();
        var codes = new List<string>();
        foreach (var name in (string[])["a", "b", "c"])
            codes.Add(await Invite(admin, $"{name}@example.org", "developer"));
        using var listed = await admin.Get("/api/v1/invitations");
        var id = (await TestHouse.Json(listed))
            .GetProperty("data")[2]
            .GetProperty("id")
            .GetString();
        using (var revoked = await admin.Delete($"/api/v1/invitations/{id}"))
            Assert.Equal(204, (int)revoked.StatusCode);
        var visitor = new Visitor(house);
        using var first = await Accept(visitor, codes[0]);
        Assert.Equal("link_not_valid", await Code(first));
        using (
            await house.Send(
                HttpMethod.Patch,
                $"/api/v1/members/{inviter.Id}",
                """{"role":"developer"}""",
                tenant.Key
            )
        )
        using (var second = await Accept(visitor, codes[1]))
            Assert.Equal("link_not_valid", await Code(second));
        using (
            await house.Send(
                HttpMethod.Patch,
                $"/api/v1/members/{inviter.Id}",
                """{"role":"admin"}""",
                tenant.Key
            )
        )
            clock.Advance(TimeSpan.FromDays(7));
        using var third = await Accept(visitor, codes[2]);
        Assert.Equal("link_not_valid", await Code(third));
    }

    [Fact]
    public async Task Nobody_invites_to_more_than_they_have()
    {
        var tenant = await (await Shared()).NewTenant();
        var admin = await (await tenant.NewPerson("admin")).SignIn();
        using var owner = await Post(admin, "a@example.org", "owner");
        Assert.Equal("owners_only", await Code(owner));
        var (_, narrow) = await tenant.MintKey("\"scopes\":[\"admin\",\"runs:read\"]");
        using var wider = await tenant.House.Send(
            HttpMethod.Post,
            "/api/v1/invitations",
            """{"email":"a@example.org","role":"developer"}""",
            narrow
        );
        Assert.Equal("rights_wider_than_caller", await Code(wider));
        using var mistaken = await Post(admin, "no address", "king");
        Assert.Equal(2, (await TestHouse.Json(mistaken)).GetProperty("mistakes").GetArrayLength());
    }

    [Fact]
    public async Task Whoever_took_a_strangers_address_first_is_not_whom_another_organisation_means_by_it()
    {
        var house = await Shared();
        var thief = await house.NewTenant();
        var email = $"{Guid.NewGuid():N}@example.org";
        // The thief invites the address into an organisation of their own and sets its password.
        var admin = await (await thief.NewPerson("admin")).SignIn();
        using (var taken = await Accept(new Visitor(house), await Invite(admin, email, "viewer")))
            Assert.Equal(200, (int)taken.StatusCode);
        var handle = $"o{Guid.NewGuid():N}"[..16];
        var made = await NewOrganization(house, handle, email);
        using var stolen = await new Visitor(house).SignIn(handle, email);
        Assert.Equal("sign_in_failed", await Code(stolen));
        // The link alone does not open the login that is there, and the operator's does by ending all that the thief has.
        var code = SmtpServer.Code(made.GetProperty("invitation").GetString()!);
        using var alone = await Accept(new Visitor(house), code, "the rightful person's own");
        Assert.Equal("wrong_password", await Code(alone));
        var stale = new Visitor(house);
        using (await stale.SignIn(thief.Handle, email))
            Assert.Equal(200, await stale.Session());
        using var anew = await house.Send(
            HttpMethod.Post,
            $"/api/v1/admin/organizations/{handle}/password",
            "{}",
            admin: true
        );
        var link = (await TestHouse.Json(anew)).GetProperty("link").GetString()!;
        var owner = new Visitor(house);
        using var accepted = await Accept(
            owner,
            SmtpServer.Code(link),
            "the rightful person's own"
        );
        Assert.Equal(200, (int)accepted.StatusCode);
        Assert.Equal(200, await owner.Session());
        Assert.Equal(401, await stale.Session());
        using var late = await new Visitor(house).SignIn(handle, email);
        Assert.Equal("sign_in_failed", await Code(late));
    }

    [Fact]
    public async Task With_mail_the_link_goes_to_the_person_and_not_to_the_inviter()
    {
        await using var smtp = await SmtpServer.Start();
        await using var house = await TestHouse.Open(store: await Store(), args: smtp.Settings);
        var tenant = await house.NewTenant();
        var admin = await (await tenant.NewPerson("admin")).SignIn();
        using var made = await Post(admin, "guest@example.org", "viewer");
        Assert.False((await TestHouse.Json(made)).TryGetProperty("link", out _));
        var (to, text) = await smtp.Next();
        Assert.Equal("guest@example.org", to);
        using var accepted = await Accept(new Visitor(house), SmtpServer.Code(text));
        Assert.Equal(200, (int)accepted.StatusCode);
    }

    private static async Task<JsonElement> NewOrganization(
        TestHouse house,
        string handle,
        string email
    )
    {
        using var answer = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/organizations",
            $$$"""{"org_id":"{{{handle}}}","name":"Made","owner":{"email":"{{{email}}}"}}""",
            admin: true
        );
        return await TestHouse.Json(answer);
    }

    private static Task<HttpResponseMessage> Post(Visitor visitor, string email, string role) =>
        visitor.Post("/api/v1/invitations", $$"""{"email":"{{email}}","role":"{{role}}"}""");

    /// <returns>The code of the link.</returns>
    private static async Task<string> Invite(Visitor visitor, string email, string role)
    {
        using var answer = await Post(visitor, email, role);
        Assert.Equal(201, (int)answer.StatusCode);
        return SmtpServer.Code((await TestHouse.Json(answer)).GetProperty("link").GetString()!);
    }

    private static Task<HttpResponseMessage> Accept(
        Visitor visitor,
        string code,
        string password = Person.Password,
        string? name = null
    ) =>
        visitor.Post(
            "/api/v1/auth/accept-invitation",
            JsonSerializer.Serialize(
                new Dictionary<string, string?>
                {
                    ["token"] = code,
                    ["password"] = password,
                    ["name"] = name,
                }
            )
        );

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();
}

public sealed class InvitationTestsOnSqlite(Houses houses) : InvitationTests
{
    private protected override Task<TestHouse> Shared() => houses.Sqlite;

    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class InvitationTestsOnPostgres(Houses houses) : InvitationTests
{
    private protected override Task<TestHouse> Shared() => houses.Postgres;

    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
