using System.Text.Json;
using Sluice.Server.Tests;
using Sluice.Server.Tests.Identity;

namespace Sluice.Console.Tests;

/// <summary>A tenant in which there is something on every page: flows that ran and failed, keys, secrets, configs, people.</summary>
internal sealed record ConsoleWorld(
    TestTenant Tenant,
    Person Owner,
    string Graph,
    string FailingRun,
    string Run,
    string Invitation
)
{
    public const string Flow = "greeting";

    public static async Task<ConsoleWorld> Make(TestHouse house, string handle)
    {
        var tenant = await house.NewTenant(handle);
        var owner = await tenant.NewPerson("owner");
        await Workshop.Push(
            tenant,
            new Dictionary<string, string>
            {
                ["Greet"] =
                    "signature, found = ax.secrets.get('GREETER_SIGNATURE')\nax.log.info('greeting', name=input.text)\nsession = ax.agent.memory.session(input.text)\nsession.history.append('user', 'It is ' + input.text + ' at the gate.\\nMay I come in?')\nsession.history.append('assistant', 'Hello ' + input.text)\nsession.write(input.text + ' came to the gate', importance=0.7)\nreturn Note(text='Hello ' + input.text + ', from ' + (signature if found else 'anonymous'), number=input.number)",
                ["Divide"] = "return Note(text=input.text, number=100 // input.number)",
            }
        );
        var graph = await Workshop.Chain(tenant, Flow, "Greet", "Divide");
        await Save(tenant, "GREETER_SIGNATURE", "the keeper of the sluice");
        await Save(tenant, "ANTHROPIC_API_KEY", "sk-nothing-at-all");
        using var config = await tenant.Put(
            "/api/v1/configs",
            $$$"""{"flow":"{{{tenant.Handle}}}/{{{Flow}}}","name":"night","node_timeout_seconds":30,"params":{"REGION":"eu-west","TONE":"quiet"},"concurrency":{"limit":4,"policy":"queue"}}"""
        );
        var configId = (await TestHouse.Json(config)).GetProperty("id").GetString()!;
        using var overriding = await tenant.Put(
            $"/api/v1/configs/{configId}/secrets/GREETER_SIGNATURE",
            """{"value":"the night watch"}"""
        );
        using var account = await tenant.Post(
            "/api/v1/service-accounts",
            """{"name":"deploy","scopes":["flows:read","flows:write","runs:write"]}"""
        );
        await tenant.NewPerson("developer");
        using var invited = await tenant.Post(
            "/api/v1/invitations",
            """{"email":"grace@example.org","name":"Grace","role":"developer"}"""
        );
        var invitation = (await TestHouse.Json(invited)).GetProperty("id").GetString()!;
        using var webhook = await tenant.Post(
            "/api/v1/audit/streams",
            """{"url":"https://siem.invalid/sluice","actions":["key.*"],"enabled":false}"""
        );
        Assert.True(webhook.IsSuccessStatusCode, await webhook.Content.ReadAsStringAsync());
        using var license = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            $$"""{"org_id":"{{tenant.Handle}}","tier":"enterprise","days":20}""",
            admin: true
        );
        Assert.True(license.IsSuccessStatusCode, await license.Content.ReadAsStringAsync());
        await tenant.MintKey("\"scopes\":[\"runs:write\"],\"rate_limit\":50");
        var run = "";
        for (var i = 1; i <= 3; i++)
            run = await Invoke(tenant, graph, i);
        var failing = await Invoke(tenant, graph, 0);
        return new ConsoleWorld(tenant, owner, graph, failing, run, invitation);
    }

    public static async Task Save(TestTenant tenant, string name, string value)
    {
        using var saved = await tenant.Put(
            $"/api/v1/secrets/{name}",
            $$"""{"value":{{JsonSerializer.Serialize(value)}}}"""
        );
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
    }

    private static async Task<string> Invoke(TestTenant tenant, string graph, int number)
    {
        var answer = await Workshop.Invoke(
            tenant,
            graph,
            $$"""{"text":"Ada","number":{{number}}}"""
        );
        return answer.GetProperty("execution_id").GetString()!;
    }
}
