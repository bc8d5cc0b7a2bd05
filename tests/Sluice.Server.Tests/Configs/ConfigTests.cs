using System.Text;
using System.Text.Json.Nodes;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Secrets;
using Sluice.Server.Tests.Secrets;

namespace Sluice.Server.Tests.Configs;

public sealed class ConfigsOnSqlite() : ConfigPromises(postgres: false);

public sealed class ConfigsOnPostgres() : ConfigPromises(postgres: true);

public abstract class ConfigPromises(bool postgres) : StoreSuite(postgres)
{
    [Fact]
    public async Task Node_code_cannot_tell_an_override_from_a_secret()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var config = await SaveConfig(tenant, """{"flow":"acme/greet","name":"german"}""");
        await tenant.Save("SIGNATURE", "Ada");
        Assert.Equal(201, (await Override(tenant, config, "SIGNATURE", "Adele")).Status);

        Assert.Equal("Ada", await tenant.ReadNow("SIGNATURE"));
        Assert.Equal("Adele", await tenant.ReadNow("SIGNATURE", config));

        // The whole answer of a read is compared: status, length and bytes, nothing else reaches node code.
        await tenant.Save("SAME", "value");
        await Override(tenant, config, "SAME", "value");
        var answers = new List<(SecretReading, string)>();
        foreach (var pin in new[] { await tenant.Pin(), await tenant.Pin(config) })
        {
            var memory = new byte[SecretBody.MostBytes];
            var reading = await house.Pins.Read(pin, "SAME", memory, CancellationToken.None);
            answers.Add((reading, Convert.ToHexString(memory)));
        }
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public async Task An_override_needs_no_secret_of_the_tenant_and_hides_none_of_the_others()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var config = await SaveConfig(tenant, """{"flow":"acme/greet","name":"german"}""");
        var other = await SaveConfig(tenant, """{"flow":"acme/greet","name":"french"}""");
        await tenant.Save("SHARED", "of the tenant");
        await Override(tenant, config, "ONLY_HERE", "of the config");

        Assert.Equal("of the config", await tenant.ReadNow("ONLY_HERE", config));
        Assert.Equal("of the tenant", await tenant.ReadNow("SHARED", config));
        Assert.Null(await tenant.ReadNow("ONLY_HERE"));
        Assert.Null(await tenant.ReadNow("ONLY_HERE", other));
    }

    [Fact]
    public async Task Overrides_are_listed_by_name_and_no_api_returns_one()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var config = await SaveConfig(tenant, """{"flow":"acme/greet"}""");
        const string canary = "canary-77d1e0b6";
        var answers = new List<Answer>
        {
            await Override(tenant, config, "TOKEN", canary),
            await Override(tenant, config, "TOKEN", canary),
            await Override(tenant, config, "TOKEN", canary, replace: true),
            await tenant.Send(HttpMethod.Get, "/api/v1/configs"),
            await tenant.Send(HttpMethod.Get, $"/api/v1/configs/{config}"),
            await tenant.PutJson("/api/v1/configs", """{"flow":"acme/greet"}"""),
            await tenant.List(),
        };
        Assert.Equal([201, 409, 200, 200, 200, 200, 200], answers.Select(answer => answer.Status));
        Assert.Equal("secret_exists", answers[1].Code);
        Assert.All(
            answers,
            answer => Assert.DoesNotContain(canary, answer.Text, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(canary, house.Log, StringComparison.Ordinal);
        Assert.Equal(
            ["TOKEN"],
            answers[3].Json["data"]![0]!["secret_overrides"]!
                .AsArray()
                .Select(name => (string)name!)
        );
        Assert.Equal(
            ["TOKEN"],
            answers[5].Json["secret_overrides"]!.AsArray().Select(name => (string)name!)
        );
        Assert.Empty(answers[6].Json["data"]!.AsArray());
    }

    [Fact]
    public async Task Deleting_an_override_or_its_config_reaches_the_next_run_and_not_the_one_under_way()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var config = await SaveConfig(tenant, """{"flow":"acme/greet","name":"german"}""");
        await tenant.Save("A", "tenant");
        await Override(tenant, config, "A", "override");
        await Override(tenant, config, "B", "override");
        var running = await tenant.Pin(config);

        Assert.Equal(
            204,
            (await tenant.Send(HttpMethod.Delete, $"/api/v1/configs/{config}/secrets/A")).Status
        );
        Assert.Equal(
            "config_override_not_found",
            (await tenant.Send(HttpMethod.Delete, $"/api/v1/configs/{config}/secrets/A")).Code
        );
        Assert.Equal("tenant", await tenant.ReadNow("A", config));
        Assert.Equal(
            204,
            (await tenant.Send(HttpMethod.Delete, $"/api/v1/configs/{config}")).Status
        );
        Assert.Null(await tenant.ReadNow("B", config));
        Assert.Equal(
            ("override", "override"),
            (await tenant.Read(running, "A"), await tenant.Read(running, "B"))
        );
        Assert.Equal("config_not_found", (await Override(tenant, config, "B", "again")).Code);
    }

    [Fact]
    public async Task The_profiles_timeout_stands_over_the_tenants_default_over_300_seconds()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        Assert.Equal(
            new ConfigChoice
            {
                ConfigId = null,
                NodeTimeoutSeconds = 300,
                Params = null,
                At = 0,
            },
            await Choose(house, tenant)
        );

        await SaveConfig(tenant, """{"flow":null,"node_timeout_seconds":60}""");
        Assert.Equal(
            (null, 60),
            (
                (await Choose(house, tenant))!.ConfigId,
                (await Choose(house, tenant))!.NodeTimeoutSeconds
            )
        );

        var profile = await SaveConfig(
            tenant,
            """{"flow":"acme/greet","name":"default","node_timeout_seconds":3600}"""
        );
        Assert.Equal(
            (profile, 3600),
            (
                (await Choose(house, tenant))!.ConfigId,
                (await Choose(house, tenant))!.NodeTimeoutSeconds
            )
        );

        await SaveConfig(tenant, """{"flow":"acme/greet","name":"default"}""");
        Assert.Equal(
            (profile, 60),
            (
                (await Choose(house, tenant))!.ConfigId,
                (await Choose(house, tenant))!.NodeTimeoutSeconds
            )
        );
    }

    [Fact]
    public async Task The_profile_named_default_applies_by_itself_and_config_id_selects_another_instead()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await SaveConfig(tenant, """{"flow":null,"params":{"A":"tenant","B":"tenant"}}""");
        var byItself = await SaveConfig(
            tenant,
            """{"flow":"acme/greet","name":"","params":{"B":"default","C":"default"}}"""
        );
        var named = await SaveConfig(
            tenant,
            """{"flow":"acme/greet","name":"german","params":{"B":"german"}}"""
        );

        var first = (await Choose(house, tenant))!;
        Assert.Equal(
            (byItself, """{"A":"tenant","B":"default","C":"default"}"""),
            (first.ConfigId, Text(first.Params))
        );
        var second = (await Choose(house, tenant, named))!;
        Assert.Equal(
            (named, """{"A":"tenant","B":"german"}"""),
            (second.ConfigId, Text(second.Params))
        );
        Assert.Equal(
            """{"A":"tenant","B":"tenant"}""",
            Text((await Choose(house, tenant, flow: "acme/other"))!.Params)
        );
    }

    [Fact]
    public async Task A_config_that_is_unknown_foreign_or_of_another_flow_is_not_found()
    {
        await using var house = await Start();
        var (one, two) = (await house.NewTenant("one"), await house.NewTenant("two"));
        var config = await SaveConfig(one, """{"flow":"one/greet","name":"german"}""");
        var general = await SaveConfig(one, """{"flow":null}""");

        Assert.NotNull(await Choose(house, one, config, "one/greet"));
        Assert.Null(await Choose(house, one, config, "one/other"));
        Assert.Null(await Choose(house, one, general, "one/greet"));
        Assert.Null(await Choose(house, one, "01ARYZ6S41TSV4RRFFQ69G5FAV", "one/greet"));
        Assert.Null(await Choose(house, two, config, "one/greet"));
        foreach (var path in new[] { $"/api/v1/configs/{config}", "/api/v1/configs/nothing" })
            Assert.Equal((404, "config_not_found"), Brief(await two.Send(HttpMethod.Get, path)));
        Assert.Equal(
            (404, "config_not_found"),
            Brief(await two.Send(HttpMethod.Delete, $"/api/v1/configs/{config}"))
        );
        Assert.Equal((404, "config_not_found"), Brief(await Override(two, config, "A", "value")));
        Assert.Empty((await two.Send(HttpMethod.Get, "/api/v1/configs")).Json["data"]!.AsArray());
    }

    [Fact]
    public async Task Configs_and_overrides_belong_to_one_environment()
    {
        await using var house = await Start();
        var live = await house.NewTenant("acme");
        var test = await live.InTest();
        var config = await SaveConfig(live, """{"flow":"acme/greet"}""");
        await live.Save("TOKEN", "live");
        await test.Save("TOKEN", "test");

        Assert.Equal(
            (403, "environment_mismatch"),
            Brief(await test.Send(HttpMethod.Get, $"/api/v1/configs/{config}"))
        );
        Assert.Equal(
            (403, "environment_mismatch"),
            Brief(await Override(test, config, "TOKEN", "x"))
        );
        Assert.Null(
            await house.Database.Read(session =>
                ConfigStore.Choose(session, live.Id, "test", "acme/greet", config)
            )
        );
        Assert.Equal(("live", "test"), (await live.ReadNow("TOKEN"), await test.ReadNow("TOKEN")));
    }

    [Fact]
    public async Task All_mistakes_of_a_config_are_told_at_once()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var refused = await tenant.PutJson(
            "/api/v1/configs",
            """{"flow":"other/greet","name":"no spaces","node_timeout_seconds":3601,"params":{"no-hyphens":"x","EMPTY":null}}"""
        );
        Assert.Equal(
            ["flow", "config_name", "out_of_range", "param_name", "param_value"],
            refused.Json["mistakes"]!.AsArray().Select(mistake => (string)mistake!["code"]!)
        );
        foreach (
            var body in new[]
            {
                """{"node_timeout_seconds":0}""",
                """{"flow":"acme"}""",
                """{"name":"german"}""",
                """{"unknown":1}""",
                """{"node_timeout_seconds":1.5}""",
            }
        )
            Assert.Equal(400, (await tenant.PutJson("/api/v1/configs", body)).Status);
        var large = new string('x', 70_000);
        Assert.Equal(
            "invalid_input",
            (await tenant.PutJson("/api/v1/configs", "{\"params\":{\"A\":\"" + large + "\"}}")).Code
        );
    }

    [Fact]
    public async Task The_tenants_default_has_no_overrides()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var config = await SaveConfig(tenant, """{"flow":null}""");
        Assert.Equal(
            (409, "config_override_needs_flow"),
            Brief(await Override(tenant, config, "A", "value"))
        );
    }

    [Fact]
    public async Task Saving_again_replaces_timeout_and_parameters_and_keeps_id_and_overrides()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var first = await tenant.PutJson(
            "/api/v1/configs",
            """{"flow":"acme/greet","node_timeout_seconds":5,"params":{"A":"1"}}"""
        );
        Assert.Equal(201, first.Status);
        await Override(tenant, (string)first.Json["id"]!, "TOKEN", "value");
        var second = await tenant.PutJson(
            "/api/v1/configs",
            """{"flow":"acme/greet","params":{"B":"2"}}"""
        );
        Assert.Equal((200, (string)first.Json["id"]!), (second.Status, (string)second.Json["id"]!));
        Assert.Null((int?)second.Json["node_timeout_seconds"]);
        Assert.Equal("""{"B":"2"}""", second.Json["params"]!.ToJsonString());
        Assert.Equal("""["TOKEN"]""", second.Json["secret_overrides"]!.ToJsonString());
        Assert.Single(
            (await tenant.Send(HttpMethod.Get, "/api/v1/configs?flow=acme/greet")).Json[
                "data"
            ]!.AsArray()
        );
        Assert.Empty(
            (await tenant.Send(HttpMethod.Get, "/api/v1/configs?flow=acme/other")).Json[
                "data"
            ]!.AsArray()
        );
    }

    private static async Task<string> SaveConfig(Tenant tenant, string json)
    {
        var saved = await tenant.PutJson("/api/v1/configs", json);
        Assert.True(saved.Status is 200 or 201, saved.Text);
        return (string)saved.Json["id"]!;
    }

    private static Task<Answer> Override(
        Tenant tenant,
        string config,
        string name,
        string value,
        bool replace = false
    ) =>
        tenant.PutJson(
            $"/api/v1/configs/{config}/secrets/{name}",
            new JsonObject { ["value"] = value, ["replace"] = replace }.ToJsonString()
        );

    private static Task<ConfigChoice?> Choose(
        SecretHouse house,
        Tenant tenant,
        string? config = null,
        string flow = "acme/greet"
    ) =>
        house.Database.Read(session =>
            ConfigStore.Choose(session, tenant.Id, tenant.Environment, flow, config)
        );

    private static (int, string?) Brief(Answer answer) => (answer.Status, answer.Code);

    private static string? Text(byte[]? json) =>
        json is null ? null : Encoding.UTF8.GetString(json);
}
