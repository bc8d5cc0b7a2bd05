using System.Text.Json;
using Sluice.Server.Tests.Runs;

namespace Sluice.Server.Tests.Memory;

/// <summary>The context of a node in Python, through the real server and sandbox.</summary>
public sealed class ContextTests(Houses houses)
{
    private static readonly Dictionary<string, string> Nodes = new()
    {
        ["Chat"] = """
            memory = ax.agent.memory
            session = memory.session("ada")
            added = session.history.append("user", input.text)
            if not added.ok:
                return Note(text=added.message)
            memory.write("fact: " + input.text, importance=0.9)
            turns = session.history.last(10)
            found = memory.search("fact", limit=3)
            return Note(text=" | ".join(turn.content for turn in turns), number=len(found), trail=[added, turns[-1].id])
            """,
        ["Lie"] = """
            from gen import _frames
            from gen._worker import _ask
            # The fields of a question, and beside them those that a host might believe: a tenant, a flow, an environment.
            lie = b"".join(_frames.text_field(n, input.text) for n in (10, 11, 12, 13, 14, 15))
            answers = [
                _ask(96, bytes((8, 3)) + _frames.text_field(2, "ada") + bytes((40, 50)) + lie, 32),
                _ask(96, bytes((8, 6)) + _frames.text_field(4, "fact") + bytes((40, 50)) + lie, 32),
            ]
            ax.tenant_id = ax.flow_id = input.text
            return Note(text=repr(answers), number=len(ax.agent.memory.session("ada").history.last(50)))
            """,
        ["Look"] = """
            flow = ax.reflection.flow
            return Note(
                text=flow.graph_id,
                number=flow.position.current_instance,
                trail=[node.canvas_node_id + ":" + node.name for node in flow.nodes]
                + [f"{edge.src_instance}>{edge.dst_instance}" for edge in flow.edges]
                + [f"{flow.position.alias} {flow.position.visit} {flow.position.item} {flow.position.attempt} {flow.position.depth}"],
            )
            """,
        ["Wait"] = """
            async def later():
                return await ax.agent.memory.session("ada").history.append("assistant", "later")
            import asyncio
            added = asyncio.new_event_loop().run_until_complete(later())
            return Note(text=added.code or "kept")
            """,
    };

    [Fact]
    public async Task A_node_remembers_from_run_to_run_and_a_lying_one_of_another_tenant_finds_nothing()
    {
        var house = await houses.Sqlite;
        var (mine, theirs) = (await house.NewTenant(), await house.NewTenant());
        foreach (var tenant in (TestTenant[])[mine, theirs])
            await Workshop.Push(tenant, Nodes);
        var chat = await Workshop.Chain(mine, "chat", "Chat");
        var first = await Output(mine, chat, """{"text":"hello"}""");
        Assert.Equal(("hello", "1"), (Text(first, "text"), Text(first, "number")));
        var second = await Output(mine, chat, """{"text":"again"}""");
        Assert.Equal(("hello | again", "2"), (Text(second, "text"), Text(second, "number")));
        Assert.Equal(
            second.GetProperty("trail")[0].GetString(),
            second.GetProperty("trail")[1].GetString()
        );

        var lie = await Workshop.Chain(theirs, "chat", "Lie");
        foreach (var name in (string[])[mine.Id, mine.Handle, $"{mine.Handle}/chat", "live"])
        {
            var output = await Output(theirs, lie, $$"""{"text":"{{name}}"}""");
            Assert.Equal("[b'', b'']", Text(output, "text"));
            Assert.False(output.TryGetProperty("number", out _), output.ToString());
        }
        Assert.Equal(
            "kept",
            Text(await Output(mine, await Workshop.Chain(mine, "chat", "Wait"), "{}"), "text")
        );
        Assert.Equal(
            "hello | again | later | end",
            Text(await Output(mine, chat, """{"text":"end"}"""), "text")
        );
    }

    [Fact]
    public async Task A_node_sees_the_graph_and_where_it_is()
    {
        var house = await houses.Sqlite;
        var tenant = await house.NewTenant();
        await Workshop.Push(tenant, Nodes);
        var graph = await Workshop.Chain(tenant, "look", "Look", "Look");
        var output = await Output(tenant, graph, "{}");
        Assert.Equal((graph, "2"), (Text(output, "text"), Text(output, "number")));
        Assert.Equal(
            ["s1:Look", "s2:Look", "0>1", "1>2", "2>0", "s2 1 -1 1 0"],
            output.GetProperty("trail").EnumerateArray().Select(each => each.GetString()!)
        );
    }

    private static string? Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString();

    private static async Task<JsonElement> Output(TestTenant tenant, string graph, string input)
    {
        var answer = await Workshop.Invoke(tenant, graph, input);
        Assert.True(RunBench.Status(answer) == "succeeded", answer.ToString());
        return answer.GetProperty("output");
    }
}
