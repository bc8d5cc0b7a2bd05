using System.Net;
using System.Text.Json;
using Sluice.Server.Store;
using Sluice.Server.Tests.Ledger;

namespace Sluice.Server.Tests.Identity;

// A person of several organisations.
public abstract partial class SessionTests
{
    [Fact]
    public async Task A_person_goes_from_one_organisation_to_another_and_is_in_one_at_a_time()
    {
        var house = await Shared();
        var (tenant, other) = (await house.NewTenant(), await house.NewTenant());
        var person = await tenant.NewPerson("owner");
        await person.Join(other, "viewer");
        var visitor = await person.SignIn();
        var (session, former) = (await Shown(visitor), visitor.Cookie);
        using var switched = await visitor.Post("/api/v1/auth/switch", To(other.Handle));
        Assert.Equal(HttpStatusCode.OK, switched.StatusCode);
        var there = await Shown(visitor);
        Assert.Equal(other.Handle, there.GetProperty("org_id").GetString());
        Assert.Equal("viewer", there.GetProperty("role").GetString());
        using var people = await visitor.Get("/api/v1/members");
        Assert.Equal(HttpStatusCode.Forbidden, people.StatusCode);
        Assert.Equal(401, await new Visitor(house) { Cookie = former }.Session());
        // It is no way to be signed in for longer, nor to have proven anew who one is.
        Assert.Equal(
            session.GetProperty("expires_at").GetString(),
            there.GetProperty("expires_at").GetString()
        );
        Assert.Equal(await ProvenAt(tenant, session), await ProvenAt(other, there));
        Assert.Contains("session.end", await Actions(tenant));
        Assert.Contains("session.open", await Actions(other));
    }

    [Fact]
    public async Task Nobody_goes_to_an_organisation_that_is_not_theirs_or_that_they_have_not_joined()
    {
        var house = await Shared();
        var (tenant, other, asked, foreign) = (
            await house.NewTenant(),
            await house.NewTenant(),
            await house.NewTenant(),
            await house.NewTenant()
        );
        var person = await tenant.NewPerson("developer");
        await person.Join(other, "admin");
        using var invited = await person.Invite(asked, "viewer");
        var visitor = await person.SignIn();
        using var listed = await visitor.Get("/api/v1/auth/organizations");
        var mine = (await TestHouse.Json(listed)).GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(
            new[] { (tenant.Handle, true), (other.Handle, false) }.OrderBy(
                each => each.Item1,
                StringComparer.Ordinal
            ),
            mine.Select(each =>
                (each.GetProperty("org_id").GetString()!, each.GetProperty("current").GetBoolean())
            )
        );
        string[] closed = [asked.Handle, foreign.Handle, "nobody-of-the-sort"];
        foreach (var handle in closed)
        {
            using var refused = await visitor.Post("/api/v1/auth/switch", To(handle));
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
            Assert.Equal("not_a_member", await Code(refused));
        }
        using var nameless = await visitor.Post("/api/v1/auth/switch", "{}");
        Assert.Equal("invalid_input", await Code(nameless));
        Assert.Equal(200, await visitor.Session());
        using var gone = await other.Delete(
            $"/api/v1/members/{await MemberId(other, person.Email)}"
        );
        using var late = await visitor.Post("/api/v1/auth/switch", To(other.Handle));
        Assert.Equal("not_a_member", await Code(late));
    }

    [Fact]
    public async Task One_cookie_opens_one_session_elsewhere_however_many_ask_at_once()
    {
        var house = await Shared();
        var (tenant, other) = (await house.NewTenant(), await house.NewTenant());
        var person = await tenant.NewPerson("viewer");
        await person.Join(other, "viewer");
        var visitor = await person.SignIn();
        // With the role the cookie is another, in the very request that switches.
        using var changed = await house.Send(
            HttpMethod.Patch,
            $"/api/v1/members/{person.Id}",
            """{"role":"developer"}""",
            tenant.Key
        );
        Assert.True(changed.IsSuccessStatusCode);
        using var switched = await visitor.Post("/api/v1/auth/switch", To(other.Handle));
        Assert.Equal(HttpStatusCode.OK, switched.StatusCode);
        Assert.Equal(other.Handle, (await Shown(visitor)).GetProperty("org_id").GetString());

        var same = Enumerable
            .Range(0, 8)
            .Select(_ => new Visitor(house) { Cookie = visitor.Cookie })
            .ToList();
        var answers = await Task.WhenAll(
            same.Select(each => each.Post("/api/v1/auth/switch", To(tenant.Handle)))
        );
        _ = Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        var open = await Task.WhenAll(same.Select(each => each.Session()));
        Assert.Single(open, 200);
    }

    private static string To(string handle) => $$"""{"org_id":"{{handle}}"}""";

    private static async Task<JsonElement> Shown(Visitor visitor)
    {
        using var answer = await visitor.Get("/api/v1/auth/session");
        return await TestHouse.Json(answer);
    }

    private static Task<long> ProvenAt(TestTenant tenant, JsonElement shown) =>
        tenant.House.Database.Read(session =>
            session
                .Of(tenant.Id)
                .First<long>(
                    "SELECT proven_at FROM sessions WHERE tenant_id = @tenant AND id = @id",
                    new { id = shown.GetProperty("session_id").GetString() }
                )
        );

    private static async Task<IReadOnlyList<string?>> Actions(TestTenant tenant) =>
        (await tenant.Search("""{"action":"session.*"}""")).ConvertAll(entry =>
            entry.Text("action")
        );

    private static async Task<string> MemberId(TestTenant tenant, string email)
    {
        using var answer = await tenant.Get("/api/v1/members");
        return (await TestHouse.Json(answer))
            .GetProperty("data")
            .EnumerateArray()
            .First(member => member.GetProperty("email").GetString() == email)
            .GetProperty("id")
            .GetString()!;
    }
}
