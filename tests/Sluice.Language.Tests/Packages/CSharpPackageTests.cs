using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Packages;

public sealed class CSharpPackageTests
{
    private const string Node = """
        using Axiom;
        using Gen;

        namespace Nodes;

        public static class GreetNode
        {
            // public static int Greet(string ax) is no handler.
            public static GreetReply Greet(IAxiomContext ax, GreetRequest input)
            {
                var (signature, found) = ax.Secrets().Get("GREETER_SIGNATURE");
                return new GreetReply { Greeting = $"Hello {input.Name}, from {(found ? signature : "anonymous")}" };
            }
        }
        """;

    private const string Signature =
        "public static GreetReply Greet(IAxiomContext ax, GreetRequest input)";

    private static PackageSource Greeter(string old = Signature, string replacement = Signature) =>
        Samples
            .Greeter()
            .Without("nodes/greet.py")
            .Without("nodes/greet_test.py")
            .Without("requirements.txt")
            .Edit("sluice.yaml", "language: python", "language: csharp")
            .With("nodes/greet.cs", Node)
            .Edit("nodes/greet.cs", old, replacement)
            .With(
                "nodes/greet_test.cs",
                "public sealed class GreetTest { public void Greets() { } }"
            );

    [Fact]
    public void The_documented_shape_passes() =>
        Assert.Empty(PackageValidator.Validate(Greeter(), push: true).Mistakes);

    [Theory]
    [InlineData("public static async Task<GreetReply> Greet(IAxiomContext ax, GreetRequest input)")]
    [InlineData(
        "public static ValueTask< Gen.GreetReply > Greet(\n        IAxiomContext ax,\n        Gen.GreetRequest input // who\n    )"
    )]
    [InlineData(
        "public static GreetReply Greet(IAxiomContext ax, GreetRequest input, bool loud = false)"
    )]
    public void A_handler_may_be_written_in_the_ways_that_csharp_allows(string signature) =>
        Assert.Empty(PackageValidator.Validate(Greeter(Signature, signature)).Mistakes);

    [Theory]
    [InlineData("static class GreetNode", "static class Greeter", 0, "There is no handler")]
    [InlineData(" Greet(IAxiomContext", " Hello(IAxiomContext", 6, "no such method")]
    [InlineData("public static GreetReply", "private static GreetReply", 6, "no such method")]
    [InlineData(
        "GreetReply Greet",
        "GreetRequest Greet",
        9,
        "returns `GreetRequest` and not `GreetReply`"
    )]
    [InlineData(
        "GreetRequest input",
        "GreetReply input",
        9,
        "takes `GreetReply` and not `GreetRequest`"
    )]
    [InlineData("IAxiomContext ax, ", "", 9, "does not take the context and one input")]
    public void A_handler_with_another_signature_is_refused(
        string old,
        string replacement,
        int line,
        string says
    )
    {
        var mistake = Assert.Single(PackageValidator.Validate(Greeter(old, replacement)).Mistakes);

        Assert.Equal(("package_handler", line), (mistake.Code, mistake.Line));
        Assert.Contains(says, mistake.Message);
    }

    [Theory]
    [InlineData("ax.Secrets().Get(\"OTHER\")", true)]
    [InlineData("ax.Secrets() .Status( \"OTHER\" )", true)]
    [InlineData("ax.Secrets().Get(name)", false)]
    [InlineData("// ax.Secrets().Get(\"OTHER\")", false)]
    [InlineData("/* ax.Secrets().Get(\"OTHER\") */", false)]
    [InlineData("@\"\"\"ax.Secrets().Get(\"\"OTHER\"\")\"", false)]
    [InlineData("\"\"\"\nax.Secrets().Get(\"OTHER\")\n\"\"\"", false)]
    public void A_secret_read_but_not_declared_is_warned_about(string code, bool warns)
    {
        var report = PackageValidator.Validate(
            Greeter("var (signature", $"{code};\n        var (signature")
        );

        Assert.True(report.Passed);
        Assert.Equal(warns, report.Mistakes.Any(m => m.Code == "package_undeclared_secret"));
    }

    [Fact]
    public void New_packages_and_nodes_pass_validation()
    {
        var source = new PackageSource(new Dictionary<string, byte[]>()).With(
            PackageTemplates.Init("demo/words", "csharp").Value!
        );
        var proto = PackageTemplates
            .CreateMessage(source.Text("messages/messages.proto")!, "Word", "text:string")
            .Value!;
        source = source.With("messages/messages.proto", proto);
        foreach (var type in new[] { NodeType.Unary, NodeType.Pipeline })
        {
            var node = new NodeTemplate
            {
                Name = $"Say{type}",
                Input = "Word",
                Output = "Word",
                Type = type,
                Description = "a < b",
            };
            source = source.With(PackageTemplates.CreateNode(source, node).Value!);
        }

        Assert.Empty(PackageValidator.Validate(source, push: true).Mistakes);
    }
}
