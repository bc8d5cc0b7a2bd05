using System.Net.Http.Json;
using Sluice.Server.Tests.Doors;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Ledger;

// What the calls of EveryChangeTests need to be there, made for one call alone.
public abstract partial class EveryChangeTests
{
    private Task<HttpResponseMessage> NewInvitation() =>
        Own.Owner.Post(
            "/api/v1/invitations",
            $$"""{"email":"{{Guid.NewGuid():N}}@example.org","role":"viewer"}"""
        );

    private Task<HttpResponseMessage> NewStream() =>
        Own.Owner.Post(
            "/api/v1/audit/streams",
            """{"url":"https://hooks.invalid/","enabled":false}"""
        );

    private async Task<HttpResponseMessage> NewLink()
    {
        var person = await Own.Owner.NewPerson("viewer");
        return await AsOperator(
            $"/api/v1/admin/organizations/{Own.Owner.Handle}/password",
            $$"""{"email":"{{person.Email}}"}"""
        );
    }

    private Task<HttpResponseMessage> WithCode(string path, string link) =>
        new Visitor(Server).Post(
            path,
            $$"""{"token":"{{SmtpServer.Code(link)}}","password":"a new one of the tests"}"""
        );

    private async Task<Visitor> SignedIn() => await (await Own.Owner.NewPerson("viewer")).SignIn();

    private async Task<(Person, Visitor, IReadOnlyList<string>)> WithAuthenticator()
    {
        var person = await Own.Owner.NewPerson("viewer");
        var visitor = await person.SignIn();
        var (_, codes) = await Authenticator.TurnOn(visitor, TimeProvider.System);
        return (person, visitor, codes);
    }

    private Task<HttpResponseMessage> Patch(string path, string body) =>
        Server.Send(HttpMethod.Patch, path, body, Own.Owner.Key);

    private Task<HttpResponseMessage> AsOperator(string path, string? body) =>
        Server.Send(HttpMethod.Post, path, body, admin: true);

    private Task<HttpResponseMessage> AsOperator(HttpMethod method, string path, string? body) =>
        Server.Send(method, "/api/v1/admin" + path, body, admin: true);

    private async Task<HttpResponseMessage> NewUserToken()
    {
        var email = $"{Guid.NewGuid():N}@example.org";
        await Own.Owner.NewMember("viewer", email);
        return await AsOperator(
            $"/api/v1/admin/organizations/{Own.Owner.Handle}/user-tokens",
            $$"""{"user_email":"{{email}}"}"""
        );
    }

    private static async Task<string> Jti(Task<HttpResponseMessage> made)
    {
        using var answer = await made;
        return (await TestHouse.Json(answer))
            .GetProperty("user_token")
            .GetProperty("jti")
            .GetString()!;
    }

    private Task<HttpResponseMessage> NewLicense() =>
        AsOperator(
            HttpMethod.Post,
            "/licenses",
            """{"organization":"Recorded","tier":"professional"}"""
        );

    private Task<HttpResponseMessage> Suspended(TestTenant tenant, string act) =>
        AsOperator(
            HttpMethod.Post,
            $"/organizations/{tenant.Handle}/{act}",
            act == "suspend" ? """{"reason":"Recorded"}""" : null
        );

    private Task<HttpResponseMessage> NewAccount() =>
        Own.Owner.Post(
            "/api/v1/service-accounts",
            $$"""{"name":"{{Guid.NewGuid():N}}","scopes":["runs:read","flows:read"]}"""
        );

    private Task<HttpResponseMessage> NewSecret(string path) =>
        Own.Owner.Put(path, """{"value":"never on record"}""");

    private async Task<HttpResponseMessage> Gone(string path)
    {
        (await NewSecret(path)).Dispose();
        return await Own.Owner.Delete(path);
    }

    private Task<HttpResponseMessage> NewConfig(string name) =>
        Own.Owner.Put(
            "/api/v1/configs",
            $$"""{"flow":"{{Own.Flow}}","name":"{{name}}","params":{"NAME":"never on record"} }"""
        );

    private Task<HttpResponseMessage> NewFlow(string name)
    {
        var owner = Own.Owner;
        var document = $"""
            name: {owner.Handle}/{name}
            version: 0.1.0
            nodes:
              - alias: a
                package: {owner.Handle}/works@0.1.0
                node: Echo
            edges:
              - from: "@flow_input"
                to: a
              - from: a
                to: "@flow_output"
            """;
        return Server.Send(
            HttpMethod.Put,
            $"/api/v1/flows/{owner.Handle}/{name}",
            key: owner.Key,
            adjust: request =>
                request.Content = JsonContent.Create(
                    new Dictionary<string, string> { ["document"] = document }
                )
        );
    }

    /// <summary>A package that was put into the store: building one takes long, and is on record in another test.</summary>
    private async Task<HttpResponseMessage> RemovedPackage()
    {
        var owner = Own.Owner;
        await Server.Database.Write(session =>
            session
                .Of(owner.Id)
                .Execute(
                    """
                    INSERT INTO packages (tenant_id, name, version, language, digest, fingerprint, manifest, protos, build_log, created_at)
                    SELECT @tenant, name, '9.9.9', language, digest, fingerprint, manifest, protos, build_log, created_at FROM packages
                    WHERE tenant_id = @tenant AND version = '0.1.0'
                    """
                )
        );
        return await owner.Delete($"/api/v1/packages/{owner.Handle}/works/9.9.9");
    }

    private static async Task<string> Id(Task<HttpResponseMessage> made)
    {
        using var answer = await made;
        return (await TestHouse.Json(answer)).GetProperty("id").GetString()!;
    }
}
