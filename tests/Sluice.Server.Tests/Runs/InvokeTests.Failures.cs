using System.Net;

namespace Sluice.Server.Tests.Runs;

/// <summary>Runs that fail, are cancelled, or take too long.</summary>
public abstract partial class InvokeTests
{
    [Fact]
    public async Task A_failed_run_is_200_and_says_which_placement_and_why()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "fail", "Echo", "Fail");
        using var answer = await tenant.Post(
            "/invocations/v1/flows/invoke",
            $$"""{"graph_id":"{{graph}}"}"""
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var json = await TestHouse.Json(answer);
        Assert.Equal("failed", json.GetProperty("status").GetString());
        var error = json.GetProperty("error");
        Assert.Equal(
            ("node_failed", "NODE_ERROR", "s2"),
            (
                error.GetProperty("code").GetString(),
                error.GetProperty("kind").GetString(),
                error.GetProperty("node").GetString()
            )
        );
        Assert.Contains("no such luck", error.GetProperty("message").GetString());
        var id = json.GetProperty("execution_id").GetString();
        Assert.Equal(id, error.GetProperty("execution_id").GetString());
        var line = (await TestHouse.Json(await tenant.Get($"/api/v1/runs/{id}/logs"))).GetProperty(
            "data"
        )[0];
        Assert.Equal(
            ("s2", "about to fail", "test"),
            (
                line.GetProperty("step").GetString(),
                line.GetProperty("text").GetString(),
                line.GetProperty("fields").GetProperty("why").GetString()
            )
        );
    }

    [Theory]
    [InlineData("Die", "node_crashed")]
    [InlineData("Lie", "node_failed")]
    public async Task A_node_that_misbehaves_is_a_failed_run_and_the_next_call_works(
        string node,
        string code
    )
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var bad = await Workshop.Invoke(tenant, await Workshop.Chain(tenant, "bad", node));
        Assert.Equal(code, bad.GetProperty("error").GetProperty("code").GetString());
        var good = await Workshop.Invoke(
            tenant,
            await Workshop.Chain(tenant, "good", "Echo"),
            """{"text":"x"}"""
        );
        Assert.Equal("x", good.GetProperty("output").GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_run_past_its_deadline_is_stopped_and_answered_504_with_its_fate()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "wait", "Wait");
        using var answer = await tenant.Post(
            "/invocations/v1/flows/invoke",
            $$$"""{"graph_id":"{{{graph}}}","input":{"number":60},"timeout_ms":300}"""
        );
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        var id = (await TestHouse.Json(answer))
            .GetProperty("error")
            .GetProperty("execution_id")
            .GetString();
        var run = await TestHouse.Json(await tenant.Get($"/api/v1/runs/{id}"));
        Assert.Equal(
            ("failed", "run_deadline"),
            (
                run.GetProperty("status").GetString(),
                run.GetProperty("error").GetProperty("code").GetString()
            )
        );
    }

    [Fact]
    public async Task A_node_past_its_own_time_is_a_failed_run()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "wait", "Wait");
        await tenant.Put(
            "/api/v1/configs",
            $$"""{"flow":"{{tenant.Handle}}/wait","node_timeout_seconds":1}"""
        );
        var answer = await Workshop.Invoke(tenant, graph, """{"number":60}""");
        Assert.Equal("node_timeout", answer.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_caller_that_does_not_wait_gets_202_and_an_id_that_exists()
    {
        var house = await Open();
        var tenant = await Furnished(house);
        var graph = await Workshop.Chain(tenant, "wait", "Wait");
        using var answer = await tenant.Post(
            "/invocations/v1/flows/invoke",
            $$$"""{"graph_id":"{{{graph}}}","input":{"number":60},"wait":false}"""
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var json = await TestHouse.Json(answer);
        var self = json.GetProperty("links").GetProperty("self").GetString()!;
        Assert.Equal(
            "running",
            (await TestHouse.Json(await tenant.Get(self))).GetProperty("status").GetString()
        );
        var cancelled = await TestHouse.Json(
            await tenant.Post(json.GetProperty("links").GetProperty("cancel").GetString()!)
        );
        Assert.Equal("cancelled", cancelled.GetProperty("status").GetString());
        using var again = await tenant.Post(
            json.GetProperty("links").GetProperty("cancel").GetString()!
        );
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }
}
