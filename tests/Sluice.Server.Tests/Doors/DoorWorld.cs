using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Doors;

/// <summary>
/// Two tenants on one server: the owner has one of everything in its live environment, the stranger has nothing.
/// What recipes call is made here.
/// </summary>
internal sealed record DoorWorld
{
    public required TestTenant Owner { get; init; }

    public required TestTenant Stranger { get; init; }

    /// <summary>A key of the owner's test environment, with full access there.</summary>
    public required string TestKey { get; init; }

    public required string GraphId { get; init; }

    public required string RunId { get; init; }

    public required string ConfigId { get; init; }

    public required string KeyId { get; init; }

    public required string AccountId { get; init; }

    /// <summary>A member beside the owner.</summary>
    public required string MemberId { get; init; }

    public required string InvitationId { get; init; }

    /// <summary>The owner of <see cref="Owner"/>, signed in.</summary>
    public required Visitor SignedIn { get; init; }

    /// <summary>In the memory of <see cref="Flow"/>.</summary>
    public required string SessionId { get; init; }

    public required string EntryId { get; init; }

    /// <summary>Of a request that was refused, with a key of the owner's.</summary>
    public required string RefusedId { get; init; }

    /// <summary>A webhook of the owner's ledger, which is off and leads nowhere.</summary>
    public required string StreamId { get; init; }

    public string Flow => $"{Owner.Handle}/echo";

    public static async Task<DoorWorld> Make(TestHouse house)
    {
        var owner = await house.NewTenant();
        await Workshop.Push(owner, new Dictionary<string, string> { ["Echo"] = "return input" });
        var graph = await Workshop.Chain(owner, "echo", "Echo");
        var run = await Workshop.Invoke(owner, graph);
        var config = await TestHouse.Json(
            await owner.Put("/api/v1/configs", $$"""{"flow":"{{owner.Handle}}/echo"}""")
        );
        var configId = Text(config, "id");
        foreach (var path in (string[])["secrets/MINE", $"configs/{configId}/secrets/MINE"])
        {
            using var saved = await owner.Put($"/api/v1/{path}", """{"value":"the owner's"}""");
            Assert.True(saved.IsSuccessStatusCode);
        }
        var (session, entry) = await Remember(house, owner);
        return new DoorWorld
        {
            SessionId = session,
            EntryId = entry,
            Owner = owner,
            Stranger = await house.NewTenant(),
            TestKey = await owner.MintAsOperator("\"environment\":\"test\""),
            GraphId = graph,
            RunId = Text(run, "execution_id"),
            ConfigId = configId,
            KeyId = (await owner.MintKey()).Id,
            AccountId = Text(
                await TestHouse.Json(
                    await owner.Post(
                        "/api/v1/service-accounts",
                        """{"name":"robot","scopes":["runs:read"]}"""
                    )
                ),
                "id"
            ),
            MemberId = await owner.NewMember("developer"),
            RefusedId = await Refused(owner),
            InvitationId = Text(
                await TestHouse.Json(
                    await owner.Post(
                        "/api/v1/invitations",
                        """{"email":"guest@example.org","role":"viewer"}"""
                    )
                ),
                "id"
            ),
            StreamId = Text(
                await TestHouse.Json(
                    await owner.Post(
                        "/api/v1/audit/streams",
                        """{"url":"https://hooks.invalid/","enabled":false}"""
                    )
                ),
                "id"
            ),
            SignedIn = await (await owner.NewPerson("owner")).SignIn(),
        };
    }

    /// <summary>A session with a turn, and an entry.</summary>
    private static async Task<(string SessionId, string EntryId)> Remember(
        TestHouse house,
        TestTenant owner
    )
    {
        var memory = house.Services.GetRequiredService<NodeMemory>();
        var scope = new MemoryScope(owner.Id, "live", $"{owner.Handle}/echo");
        var turn = new NodeQuestion
        {
            Kind = QuestionKind.AppendTurn,
            Session = "chat",
            Role = "user",
            Text = "tea, please",
        };
        await memory.Answer(scope, turn, "a turn", CancellationToken.None);
        var entry = await memory.Answer(
            scope,
            turn with
            {
                Kind = QuestionKind.WriteEntry,
                Session = "",
            },
            "an entry",
            CancellationToken.None
        );
        var session = await house.Database.Read(s => MemoryStore.Named(s, scope, "chat"));
        return (session!.Id, entry.Id);
    }

    private static async Task<string> Refused(TestTenant owner)
    {
        var (_, key) = await owner.MintKey("\"scopes\":[\"runs:read\"]");
        using var refused = await owner.House.Send(HttpMethod.Get, "/api/v1/members", key: key);
        return refused.Headers.GetValues("X-Request-Id").Single();
    }

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString()!;
}
