using System.Text;
using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Tests.Runs;

/// <summary>The body of an invocation (design decision 15).</summary>
public sealed class InvokeRequestTests
{
    [Fact]
    public void The_input_stays_the_very_bytes_of_the_body()
    {
        var request = Parse(
            """{"wait":false,"input": {"a" : [1, 2]} ,"flow":"h/f","timeout_ms":5}"""
        ).Value!;
        Assert.Equal("""{"a" : [1, 2]}""", Encoding.UTF8.GetString(request.Input.Span));
        Assert.Equal((false, "h/f", 5L), (request.Wait, request.Flow, request.TimeoutMs));
    }

    [Fact]
    public void An_absent_input_is_an_empty_message_and_a_call_waits_unless_told_otherwise()
    {
        var request = Parse("""{"graph_id":"x"}""").Value!;
        Assert.Equal("{}", Encoding.UTF8.GetString(request.Input.Span));
        Assert.True(request.Wait);
    }

    [Theory]
    [InlineData("""{"graph_id":"x","graph_id":"y"}""", "graph_id")]
    [InlineData("""{"graph_id":"x","colour":"red"}""", "colour")]
    [InlineData("""{"graph_id":7}""", "graph_id")]
    [InlineData("""{"graph_id":"x","wait":"yes"}""", "wait")]
    [InlineData("""{"graph_id":"x","timeout_ms":0}""", "timeout_ms")]
    [InlineData("""{"graph_id":"x","timeout_ms":1.5}""", "timeout_ms")]
    [InlineData("""{"graph_id":"x","timeout_ms":99999999999999999999}""", "timeout_ms")]
    [InlineData("""{"graph_id":"x","flow":"h/f"}""", "graph_id")]
    [InlineData("{}", "graph_id")]
    [InlineData("""{"graph_id":{"deep":[1]},"config_id":[]}""", "graph_id")]
    public void A_member_that_is_wrong_is_named(string body, string where)
    {
        var refusal = Parse(body).Refusal!;
        Assert.Equal((400, "invalid_body"), (refusal.Status, refusal.Code));
        Assert.Equal(where, refusal.Mistakes[0].Where);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"graph_id":"x"} {}""")]
    [InlineData("""{"graph_id":"x",}""")]
    public void What_is_no_JSON_object_is_refused_with_a_line(string body) =>
        Assert.True(Parse(body).Refusal!.Mistakes[0].Line >= 1);

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var mistakes = Parse("""{"wait":1,"timeout_ms":"x","colour":0}""").Refusal!.Mistakes;
        Assert.Equal(["wait", "timeout_ms", "colour"], mistakes.Select(mistake => mistake.Where));
    }

    private static Sluice.Server.Vocabulary.Outcome<InvokeRequest> Parse(string body) =>
        InvokeRequest.Parse(Encoding.UTF8.GetBytes(body));
}
