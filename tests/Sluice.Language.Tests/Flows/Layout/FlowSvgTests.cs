using System.Globalization;
using System.Xml.Linq;
using Sluice.Language.Flows;
using Sluice.Language.Flows.Layout;

namespace Sluice.Language.Tests.Flows.Layout;

/// <summary>The picture of a flow.</summary>
public sealed class FlowSvgTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static FlowDocument Everything =>
        FlowReader.Read(FlowFormTests.Everything, "flow.yaml").Value!;

    [Fact]
    public void The_picture_says_in_words_what_it_shows()
    {
        var root = XDocument.Parse(FlowSvg.Of(Everything)).Root!;
        var (title, desc) = (root.Element(Svg + "title")!, root.Element(Svg + "desc")!);

        Assert.Equal("img", root.Attribute("role")!.Value);
        Assert.Equal(
            root.Attribute("aria-labelledby")!.Value,
            $"{title.Attribute("id")!.Value} {desc.Attribute("id")!.Value}"
        );
        Assert.Equal("The flow demo/everything", title.Value);
        foreach (var node in Everything.Nodes)
            Assert.Contains($"{node.Alias} is ", desc.Value, StringComparison.Ordinal);
        foreach (var edge in Everything.Edges)
            Assert.Contains(
                $"{edge.From} leads to {edge.To}",
                desc.Value,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void Every_placement_and_every_edge_is_drawn_once()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var flow = RandomDocument.Make(seed);
            var root = XDocument.Parse(FlowSvg.Of(flow)).Root!;

            Assert.Equal(
                flow.Nodes.Select(n => n.Alias).Order(),
                root.Descendants(Svg + "g")
                    .Select(g => g.Element(Svg + "title")?.Value.Split(':')[0])
                    .OfType<string>()
                    .Order()
            );
            Assert.Equal(
                flow.Edges.Count,
                root.Elements(Svg + "path")
                    .Count(p =>
                        p.Attribute("class")!.Value.StartsWith("edge", StringComparison.Ordinal)
                    )
            );
        }
    }

    [Fact]
    public void No_box_lies_on_another_or_outside_of_the_picture()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var root = XDocument.Parse(FlowSvg.Of(RandomDocument.Make(seed))).Root!;
            var boxes = root.Descendants(Svg + "g")
                .Select(g => g.Elements(Svg + "rect").Last())
                .Select(r => (X: Number(r, "x"), Y: Number(r, "y")))
                .ToArray();

            Assert.All(boxes, b => Assert.InRange(b.X, 0, Number(root, "width") - 176));
            Assert.All(boxes, b => Assert.InRange(b.Y, 0, Number(root, "height") - 56));
            for (var i = 0; i < boxes.Length; i++)
            for (var j = 0; j < i; j++)
                Assert.False(
                    Math.Abs(boxes[i].X - boxes[j].X) < 176
                        && Math.Abs(boxes[i].Y - boxes[j].Y) < 56
                );
        }

        static int Number(XElement at, string name) =>
            int.Parse(at.Attribute(name)!.Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void What_an_author_wrote_stays_text()
    {
        var flow = Everything;
        flow = flow with
        {
            Name = "demo/<script>alert(1)</script>",
            Description = "]]> & \u0001 \uD800 --> </desc>",
            Edges =
            [
                flow.Edges[0] with
                {
                    Condition = new FlowCondition { Op = "CEL", Cel = "a < b && '\"' != \"'\"" },
                },
            ],
        };

        var svg = FlowSvg.Of(flow);
        var root = XDocument.Parse(svg).Root!;

        Assert.Contains(
            "<script>alert(1)</script>",
            root.Element(Svg + "title")!.Value,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("<script", svg, StringComparison.Ordinal);
        Assert.Contains(
            "a < b && '\"' != \"'\"",
            root.Element(Svg + "desc")!.Value,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Nothing_is_fetched_and_both_kinds_of_light_are_served()
    {
        var svg = FlowSvg.Of(Everything);

        Assert.Contains("@media (prefers-color-scheme: dark)", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("href", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", svg, StringComparison.Ordinal);
        // A marker is part of the file itself.
        Assert.DoesNotContain(
            "url(",
            svg.Replace("url(#", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("order")]
    [InlineData("documents")]
    public void The_picture_of_a_sample_is_that_of_its_flow(string sample)
    {
        var flow = FlowReader.Read(
            File.ReadAllText(Path.Combine(FlowSpecTests.Root, "samples", sample, "flow.yaml")),
            "flow.yaml"
        );
        var picture = Path.Combine(FlowSpecTests.Root, "docs", "guides", sample + ".svg");

        // Drawn anew by: sluice flow preview samples/NAME/flow.yaml --out docs/guides/NAME.svg
        Assert.Equal(FlowSvg.Of(flow.Value!), File.ReadAllText(picture));
    }
}
