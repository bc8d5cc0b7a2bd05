using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Runner;
using Sluice.Runner.Tests;
using Sluice.Server.Doors.Decisions;
using Sluice.Server.Keys;
using Sluice.Server.Ledger;
using Sluice.Server.Operations.Organizations;
using Sluice.Server.Store;
using Sluice.Server.Tests.Runs;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Licenses;

/// <summary>What is written behind requests for an organisation while it is removed, and after.</summary>
public abstract class ErasureTests
{
    private protected abstract Task<string?> Store();

    [Fact]
    public async Task What_is_written_late_for_a_removed_organisation_does_not_come_back()
    {
        var stop = TestContext.Current.CancellationToken;
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var (gone, stays) = (await house.NewTenant(), await house.NewTenant());
        var refusals = house.Services.GetRequiredService<RefusalLog>();
        var meter = house.Services.GetRequiredService<KeyMeter>();
        var notary = house.Services.GetServices<IHostedService>().OfType<Notary>().Single();
        await house.Database.Write(session =>
            session.House.Execute(
                "UPDATE tenants SET suspended_for = 'over', delete_at = 1 WHERE id = @Id",
                new { gone.Id }
            )
        );

        // Somebody is about to write for it while it is removed.
        var (added, go) = (Signal(), Signal());
        var late = house.Database.Write(async session =>
        {
            await Audit.Record(
                session,
                Origin.OfServer(clock),
                new Fact("tenant.update", "tenant", gone.Id) { TenantId = gone.Id }
            );
            added.SetResult();
            await go.Task;
        });
        await added.Task.WaitAsync(TimeSpan.FromSeconds(60), stop);
        var round = house.Services.GetRequiredService<OrganizationEraser>().Round(stop);
        go.SetResult();
        await late;
        Assert.Equal(1, await round);
        Assert.Equal(0, await Rows(house, gone.Id));

        // What a server still held in memory: refusals, calls of its key. The same for one that is there is written.
        foreach (var tenant in (TestTenant[])[gone, stays])
        {
            refusals.Note(Refused(tenant, clock));
            for (var i = 0; i < 3; i++)
                meter.Called(Found(tenant), address: null);
        }
        await refusals.Flush(stop);
        await meter.StopAsync(stop);
        await notary.Round(stop);
        Assert.Equal(0, await Rows(house, gone.Id));
        Assert.Equal(1, await Count(house, stays.Id, "decisions"));
        Assert.Equal(1, await Count(house, stays.Id, "key_usage"));
        Assert.NotEqual(0, await Count(house, stays.Id, "ledger_checkpoints"));

        // Nor does an act put anything on record for it, and nothing waits for ever.
        await Assert.ThrowsAsync<TenantGoneException>(() =>
            house.Database.Write(session =>
                Audit.Record(
                    session,
                    Origin.OfServer(clock),
                    new Fact("tenant.update", "tenant", gone.Id) { TenantId = gone.Id }
                )
            )
        );
        Assert.Equal(0, await Rows(house, gone.Id));
    }

    [Fact]
    public async Task What_a_node_still_remembers_for_a_removed_organisation_is_refused_and_leaves_nothing()
    {
        await using var ground = await RunGround.Open(await Store());
        var bench = await ground.NewBench();
        var (house, gone) = (ground.House, bench.Tenant);
        var graph = await bench.Row("chat", "A", "!B");
        var answers = new List<NodeAnswer>();
        bench.Nodes["A"] = async (call, ending) =>
        {
            answers.Add(await call.Questions!(Turn("before"), ending));
            await house.Database.Write(
                session =>
                    session.House.Execute(
                        "UPDATE tenants SET suspended_for = 'over', delete_at = 1 WHERE id = @Id",
                        new { gone.Id }
                    ),
                ending
            );
            await house.Services.GetRequiredService<OrganizationEraser>().Round(ending);
            answers.Add(await call.Questions!(Turn("after"), ending));
            answers.Add(
                await call.Questions!(
                    new NodeQuestion { Kind = QuestionKind.WriteEntry, Text = "after" },
                    ending
                )
            );
            return PlayedNodes.Trail(call);
        };
        using var run = await gone.Post(
            "/invocations/v1/flows/invoke",
            $$"""{"graph_id":"{{graph}}","input":{} }"""
        );
        Assert.Equal(["", "unavailable", "unavailable"], answers.Select(answer => answer.Code));
        Assert.Equal(503, (int)run.StatusCode);
        Assert.Equal(["A"], bench.Nodes.Called);
        Assert.Equal(0, await Rows(house, gone.Id));

        static NodeQuestion Turn(string text) =>
            new()
            {
                Kind = QuestionKind.AppendTurn,
                Session = "ada",
                Role = "user",
                Text = text,
            };
    }

    private static TaskCompletionSource Signal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Decision Refused(TestTenant tenant, TimeProvider clock) =>
        new()
        {
            TenantId = tenant.Id,
            RequestId = "late",
            At = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Method = "GET",
            Route = "/api/v1/secrets",
            Status = 403,
            Code = "suspended",
            Detail = "",
            Door = Door.Key,
            ActorKind = Origin.Nobody,
        };

    private static FoundKey Found(TestTenant tenant) =>
        new()
        {
            TenantId = tenant.Id,
            Handle = tenant.Handle,
            Id = "late" + tenant.Id,
            Environment = "live",
            OwnerKind = OwnerKinds.Member,
            OwnerId = "",
            Rights = Scopes.None,
            Revoked = false,
            LastUsedAt = null,
            CreatedAt = 0,
            ExpiresAt = null,
            AllowedCidrs = null,
            RateLimit = null,
            DailyQuota = null,
            Metadata = null,
            OwnerName = null,
        };

    private static async Task<long> Rows(TestHouse house, string tenantId)
    {
        var rows = 0L;
        foreach (var table in await house.Database.Read(TenantTables.InOrder))
            rows += await Count(house, tenantId, table);
        return rows;
    }

    private static Task<long> Count(TestHouse house, string tenantId, string table) =>
        house.Database.Read(session =>
            session
                .Of(tenantId)
                .First<long>($"SELECT COUNT(*) FROM {table} WHERE tenant_id = @tenant")
        );
}

public sealed class ErasureTestsOnSqlite : ErasureTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class ErasureTestsOnPostgres : ErasureTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
