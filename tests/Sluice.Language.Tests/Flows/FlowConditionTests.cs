using System.Text;
using System.Text.Json;
using Sluice.Language.Flows;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Flows;

/// <summary>Which edges are taken at run time.</summary>
public sealed class FlowConditionTests
{
    private readonly Shelf shelf = Shelf.Usual();

    [Theory]
    [InlineData("{field: text, value: x}", """{"text": "x"}""", true)]
    [InlineData("{field: text, value: x}", """{"text": "y"}""", false)]
    [InlineData("{op: IN, field: text, value: [x, y]}", """{"text": "y"}""", true)]
    [InlineData("{op: CONTAINS, field: text, value: b}", """{"text": "abc"}""", true)]
    [InlineData("{op: STARTS_WITH, field: text, value: b}", """{"text": "abc"}""", false)]
    [InlineData("{op: ENDS_WITH, field: text, value: bc}", """{"text": "abc"}""", true)]
    [InlineData("{field: good, value: false}", "{}", true)]
    [InlineData("{field: mood, value: SAD}", """{"mood": "SAD"}""", true)]
    [InlineData("{op: NEQ, field: mood, value: SAD}", """{"mood": "GLAD"}""", true)]
    [InlineData("{op: GTE, field: share, value: 1}", """{"share": 1}""", true)]
    [InlineData("{op: GT, field: share, value: 1}", """{"share": 1}""", false)]
    [InlineData(
        "{op: LTE, field: bytes, value: 18446744073709551615}",
        """{"bytes": "18446744073709551615"}""",
        true
    )]
    [InlineData(
        "{op: LT, field: at, value: '2026-01-01T00:00:00Z'}",
        """{"at": "2025-12-31T23:59:59Z"}""",
        true
    )]
    [InlineData("{op: EXISTS, field: note}", """{"note": ""}""", true)]
    [InlineData("{op: EXISTS, field: note}", "{}", false)]
    [InlineData("{op: EXISTS, field: note, value: false}", "{}", true)]
    [InlineData("{op: EXISTS, field: marks}", """{"marks": {"a": "b"}}""", true)]
    [InlineData("{op: EXISTS, field: text}", "{}", false)]
    [InlineData("{field: by, value: x}", """{"by": "x"}""", true)]
    [InlineData("{field: by, value: x}", "{}", false)]
    [InlineData("size(text) > 2 && !good", """{"text": "abc"}""", true)]
    [InlineData("config.MODE == 'fast'", "{}", true)]
    public void A_condition_decides_whether_an_edge_is_taken(
        string condition,
        string json,
        bool taken
    )
    {
        var plan = FlowPlan.For(
            shelf.Good(
                $"a: demo/pages Read\nb: demo/pages Read\nin -> a\na -> b | condition: {condition}\nb -> out"
            )
        );
        var edge = plan.Edges[1];
        var config = new Dictionary<string, string> { ["MODE"] = "fast" };

        Assert.Null(
            plan.Test(edge, FlowCarryTests.Parse(edge.Source, json), config, out var holds)
        );
        Assert.Equal(taken, holds);
    }

    [Theory]
    [InlineData("{op: GT, field: pages.number, value: 5}", true)]
    [InlineData("{op: GT, field: pages.number, value: 7}", false)]
    [InlineData("{field: tags, value: b}", true)]
    [InlineData("{op: STARTS_WITH, field: tags, value: c}", false)]
    [InlineData("{op: EXISTS, field: sizes}", false)]
    [InlineData("{op: EXISTS, field: pages.text}", true)]
    public void A_comparison_with_a_list_holds_for_any_item(string condition, bool taken)
    {
        var plan = FlowPlan.For(
            shelf.Good(
                $"a: demo/pages Split\nb: demo/text Shout\nin -> a\na -> b: text=title | condition: {condition}\nb -> out"
            )
        );
        var edge = plan.Edges[1];
        var book = FlowCarryTests.Parse(
            edge.Source,
            """{"pages": [{"number": 3}, {"number": 7, "text": "x"}], "tags": ["a", "b"]}"""
        );

        Assert.Null(plan.Test(edge, book, Plans.NoConfig, out var holds));
        Assert.Equal(taken, holds);
    }

    [Fact]
    public void A_condition_without_a_truth_value_is_a_fault_of_its_edge()
    {
        var plan = FlowPlan.For(
            shelf.Good(
                "a: demo/pages Split\nb: demo/text Shout\nin -> a\na -> b: text=title | condition: tags[0] == 'x'\nb -> out"
            )
        );

        var fault = plan.Test(plan.Edges[1], default, Plans.NoConfig, out var holds);

        Assert.False(holds);
        Assert.Equal(("edge_failed", "EDGE_CONDITION"), (fault!.Code, fault.Kind));
        Assert.StartsWith("The condition of a -> b failed: ", fault.Message);
    }
}
