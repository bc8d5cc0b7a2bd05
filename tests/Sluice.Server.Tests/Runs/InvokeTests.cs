using System.Net;
using System.Text.Json;

namespace Sluice.Server.Tests.Runs;

/// <summary>The main job through the real server, sandbox and Python.</summary>
public abstract partial class InvokeTests
{
    /// <summary>The server under test; shared, so each test makes tenants of its own.</summary>
    private protected abstract Task<TestHouse> Open();

    private static readonly Dictionary<string, string> Nodes = new()
    {
        ["Echo"] = "return input",
        ["Sign"] =
            "value, ok = ax.secrets.get('SIGNATURE')\nreturn Note(text=input.text + (value if ok else 'anonymous'), number=1 if ok else 0)",
        ["Fail"] = "ax.log.info('about to fail', why='test')\nraise ValueError('no such luck')",
        ["Wait"] = "import time\ntime.sleep(input.number)\nreturn input",
        ["Die"] = "import os\nos._exit(7)",
        ["Lie"] = "return 'not a note'",
        ["Param"] =
            "value, ok = ax.params.get('GREETING')\nreturn Note(text=value, number=1 if ok else 0)",
        ["StampA"] = "return Note(text='a')",
        ["StampB"] = "return Note(number=7)",
        ["Who"] = "return Note(text=f'{ax.execution_id} {ax.flow_id} {ax.tenant_id}')",
    };

    [Fact]
    public async Task A_flow_is_called_with_a_key_and_its_node_reads_a_secret()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "sign", "Sign");
        await tenant.Put("/api/v1/secrets/SIGNATURE", """{"value":"the keeper"}""");
        var answer = await Workshop.Invoke(
            tenant,
            graph,
            """{"text":"from "}""",
            ""","wait":true"""
        );
        Assert.Equal("succeeded", answer.GetProperty("status").GetString());
        Assert.Equal(
            "from the keeper",
            answer.GetProperty("output").GetProperty("text").GetString()
        );
        var run = await TestHouse.Json(
            await tenant.Get($"/api/v1/runs/{answer.GetProperty("execution_id").GetString()}")
        );
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        var step = Assert.Single(run.GetProperty("steps").EnumerateArray());
        Assert.Equal("from ", step.GetProperty("input").GetProperty("text").GetString());
        Assert.Equal("from the keeper", step.GetProperty("output").GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_missing_secret_is_not_found_never_an_exception()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var answer = await Workshop.Invoke(tenant, await Workshop.Chain(tenant, "sign", "Sign"));
        Assert.Equal("anonymous", answer.GetProperty("output").GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_deleted_secret_is_gone_for_the_next_run()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "sign", "Sign");
        await tenant.Put("/api/v1/secrets/SIGNATURE", """{"value":"x"}""");
        Assert.Equal(
            "x",
            (await Workshop.Invoke(tenant, graph))
                .GetProperty("output")
                .GetProperty("text")
                .GetString()
        );
        await tenant.Delete("/api/v1/secrets/SIGNATURE");
        Assert.Equal(
            "anonymous",
            (await Workshop.Invoke(tenant, graph))
                .GetProperty("output")
                .GetProperty("text")
                .GetString()
        );
    }

    [Fact]
    public async Task Node_code_cannot_tell_an_override_from_a_secret()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "sign", "Sign");
        await tenant.Put("/api/v1/secrets/SIGNATURE", """{"value":"tenant"}""");
        var config = await TestHouse.Json(
            await tenant.Put(
                "/api/v1/configs",
                $$"""{"flow":"{{tenant.Handle}}/sign","name":"staging"}"""
            )
        );
        var id = config.GetProperty("id").GetString();
        await tenant.Put($"/api/v1/configs/{id}/secrets/SIGNATURE", """{"value":"override"}""");
        Assert.Equal(
            "tenant",
            (await Workshop.Invoke(tenant, graph))
                .GetProperty("output")
                .GetProperty("text")
                .GetString()
        );
        var chosen = await Workshop.Invoke(tenant, graph, "{}", $$""","config_id":"{{id}}" """);
        Assert.Equal(
            """{"text":"override","number":"1"}""",
            chosen.GetProperty("output").GetRawText()
        );
    }

    [Fact]
    public async Task A_default_profile_applies_by_itself_and_its_parameters_are_read()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "param", "Param");
        Assert.Equal(
            "{}",
            (await Workshop.Invoke(tenant, graph)).GetProperty("output").GetRawText()
        );
        await tenant.Put(
            "/api/v1/configs",
            $$$"""{"flow":"{{{tenant.Handle}}}/param","params":{"GREETING":"hei"}}"""
        );
        Assert.Equal(
            "hei",
            (await Workshop.Invoke(tenant, graph))
                .GetProperty("output")
                .GetProperty("text")
                .GetString()
        );
    }

    [Fact]
    public async Task An_unknown_or_foreign_config_is_not_found()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var other = await house.NewTenant();
        var graph = await Workshop.Chain(tenant, "echo", "Echo");
        var foreign = (
            await TestHouse.Json(
                await other.Put("/api/v1/configs", $$"""{"flow":"{{other.Handle}}/echo"}""")
            )
        )
            .GetProperty("id")
            .GetString();
        foreach (var id in new[] { foreign, "01AAAAAAAAAAAAAAAAAAAAAAAA" })
            Assert.Equal(
                "config_not_found",
                (await Workshop.Invoke(tenant, graph, "{}", $$""","config_id":"{{id}}" """))
                    .GetProperty("code")
                    .GetString()
            );
    }

    [Fact]
    public async Task Parallel_branches_join_by_field()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var package = $"{tenant.Handle}/works@0.1.0";
        var graph = await Workshop.Compile(
            tenant,
            "join",
            $$"""
            name: {{tenant.Handle}}/join
            version: 0.1.0
            nodes:
              - {alias: first, package: {{package}}, node: Echo}
              - {alias: a, package: {{package}}, node: StampA}
              - {alias: b, package: {{package}}, node: StampB}
              - {alias: last, package: {{package}}, node: Echo}
            edges:
              - {from: "@flow_input", to: first}
              - {from: first, to: a}
              - {from: first, to: b}
              - {from: a, to: last, adapter: {text: text} }
              - {from: b, to: last, adapter: {number: number} }
              - {from: last, to: "@flow_output"}
            """
        );
        Assert.Equal(
            """{"text":"a","number":"7"}""",
            (await Workshop.Invoke(tenant, graph)).GetProperty("output").GetRawText()
        );
    }

    [Fact]
    public async Task An_unknown_field_of_the_input_is_refused_with_its_path()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "echo", "Echo");
        var answer = await Workshop.Invoke(
            tenant,
            graph,
            """{"text":"x","colour":"red","number":"many"}"""
        );
        Assert.Equal("invalid_input", answer.GetProperty("code").GetString());
        Assert.Equal("invalid_input", answer.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(
            ["colour", "number"],
            answer
                .GetProperty("mistakes")
                .EnumerateArray()
                .Select(m => m.GetProperty("where").GetString())
        );
    }

    [Fact]
    public async Task A_401_of_invocations_is_exactly_the_documented_body()
    {
        var house = await Open();
        using var answer = await house.Send(HttpMethod.Post, "/invocations/v1/flows/invoke", "{}");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("""{"error":"unauthorized"}""", await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.Contains("X-Request-Id"));
    }

    [Fact]
    public async Task The_same_Idempotency_Key_and_body_run_once()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "echo", "Echo");
        async Task<JsonElement> Call(string text) =>
            await TestHouse.Json(
                await house.Send(
                    HttpMethod.Post,
                    "/invocations/v1/flows/invoke",
                    $$$"""{"graph_id":"{{{graph}}}","input":{"text":"{{{text}}}"}}""",
                    tenant.Key,
                    adjust: request => request.Headers.Add("Idempotency-Key", "order-7")
                )
            );
        var first = await Call("x");
        var second = await Call("x");
        Assert.Equal(
            first.GetProperty("execution_id").GetString(),
            second.GetProperty("execution_id").GetString()
        );
        Assert.Equal("x", second.GetProperty("output").GetProperty("text").GetString());
        Assert.Equal("idempotency_conflict", (await Call("y")).GetProperty("code").GetString());
        var runs = (await TestHouse.Json(await tenant.Get("/api/v1/runs"))).GetProperty("data");
        Assert.Equal(1, runs.GetArrayLength());
    }

    [Fact]
    public async Task A_graph_of_another_tenant_or_environment_cannot_be_invoked()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "echo", "Echo");
        var other = await house.NewTenant();
        Assert.Equal(
            "graph_not_found",
            (await Workshop.Invoke(other, graph)).GetProperty("code").GetString()
        );
        var test = tenant with { Key = await tenant.MintAsOperator("\"environment\":\"test\"") };
        Assert.Equal(
            "environment_mismatch",
            (await Workshop.Invoke(test, graph)).GetProperty("code").GetString()
        );
    }

    [Fact]
    public async Task Node_code_is_told_its_execution_its_flow_and_its_tenant()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var answer = await Workshop.Invoke(tenant, await Workshop.Chain(tenant, "who", "Who"));
        var id = answer.GetProperty("execution_id").GetString();
        Assert.Equal(
            $"{id} {tenant.Handle}/who {tenant.Id}",
            answer.GetProperty("output").GetProperty("text").GetString()
        );
    }

    [Fact]
    public async Task Usage_counts_by_the_rules_of_the_seed()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var (good, bad, slow) = (
            await Workshop.Chain(tenant, "echo", "Echo"),
            await Workshop.Chain(tenant, "fail", "Fail"),
            await Workshop.Chain(tenant, "wait", "Wait")
        );
        await Workshop.Invoke(tenant, good);
        await Workshop.Invoke(tenant, good);
        await Workshop.Invoke(tenant, bad);
        await Workshop.Invoke(tenant, slow, """{"number":60}""", ""","wait":false""");
        var usage = await TestHouse.Json(await tenant.Get("/api/v1/usage?days=30"));
        Assert.Equal(4, usage.GetProperty("executions").GetInt32());
        Assert.Equal(2.0 / 3, usage.GetProperty("success_rate").GetDouble(), 6);
        var days = usage.GetProperty("per_day").EnumerateArray().ToList();
        Assert.Equal(30, days.Count);
        Assert.Equal(
            (2, 1, 4),
            (
                days[^1].GetProperty("succeeded").GetInt32(),
                days[^1].GetProperty("failed").GetInt32(),
                days[^1].GetProperty("total").GetInt32()
            )
        );
        Assert.Equal("first", usage.GetProperty("per_key")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_same_version_with_other_messages_is_refused_and_with_other_code_is_taken()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        await Workshop.Push(
            tenant,
            new Dictionary<string, string> { ["Echo"] = "return Note(text='again')" }
        );
        var changed = await Workshop.TryPush(
            tenant,
            new Dictionary<string, string> { ["Echo"] = "return input" },
            "0.1.0",
            "  bool more = 9;"
        );
        Assert.Equal("schema_frozen", changed.GetProperty("code").GetString());
    }

    private static async Task<TestTenant> Furnished(TestHouse house)
    {
        var tenant = await house.NewTenant();
        await Workshop.Push(tenant, Nodes);
        return tenant;
    }
}

public sealed class InvokeTestsOnSqlite(Houses houses) : InvokeTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class InvokeTestsOnPostgres(Houses houses) : InvokeTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
