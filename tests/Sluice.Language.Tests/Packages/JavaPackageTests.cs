using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Packages;

public sealed class JavaPackageTests
{
    private const string Node = """
        package nodes;

        import axiom.AxiomContext;
        import gen.Messages.GreetReply;
        import gen.Messages.GreetRequest;

        public class Greet {
            // public static int greet(String ax) is no handler.
            public static GreetReply greet(AxiomContext ax, GreetRequest input) {
                String signature = ax.secrets().get("GREETER_SIGNATURE").orElse("anonymous");
                return GreetReply.newBuilder().setGreeting("Hello " + input.getName() + ", from " + signature).build();
            }
        }
        """;

    private const string Signature =
        "public static GreetReply greet(AxiomContext ax, GreetRequest input)";

    private static PackageSource Greeter(string old = Signature, string replacement = Signature) =>
        Samples
            .Greeter()
            .Without("nodes/greet.py")
            .Without("nodes/greet_test.py")
            .Without("requirements.txt")
            .Edit("sluice.yaml", "language: python", "language: java")
            .With("nodes/Greet.java", Node)
            .Edit("nodes/Greet.java", old, replacement)
            .With(
                "nodes/GreetTest.java",
                "package nodes;\npublic class GreetTest {\n    @Test\n    public void greets() {}\n}\n"
            );

    [Fact]
    public void The_documented_shape_passes() =>
        Assert.Empty(PackageValidator.Validate(Greeter(), push: true).Mistakes);

    [Theory]
    [InlineData(
        "public static GreetReply greet(AxiomContext ax, GreetRequest input) throws java.io.IOException"
    )]
    [InlineData(
        "public static final gen.Messages.GreetReply greet(\n        final AxiomContext ax, // who asks\n        gen.Messages.GreetRequest input\n    )"
    )]
    public void A_handler_may_be_written_in_the_ways_that_java_allows(string signature) =>
        Assert.Empty(PackageValidator.Validate(Greeter(Signature, signature)).Mistakes);

    [Theory]
    [InlineData("package nodes;", "package greeter;", 1, "package `greeter` and not `nodes`")]
    [InlineData("package nodes;", "", 0, "`package nodes;` is expected")]
    [InlineData("public class Greet ", "class Greet ", 0, "There is no handler")]
    [InlineData("greet(AxiomContext", "Greet(AxiomContext", 7, "no such method")]
    [InlineData("public static GreetReply", "public GreetReply", 7, "no such method")]
    [InlineData(
        "GreetReply greet",
        "GreetRequest greet",
        9,
        "returns `GreetRequest` and not `GreetReply`"
    )]
    [InlineData(
        "GreetRequest input",
        "GreetReply input",
        9,
        "takes `GreetReply` and not `GreetRequest`"
    )]
    [InlineData("AxiomContext ax, ", "", 9, "does not take the context and one input")]
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
    [InlineData("ax.secrets().get(\"OTHER\")", true)]
    [InlineData("ax.secrets()\n    .status( \"OTHER\" )", true)]
    [InlineData("ax.secrets().get(name)", false)]
    [InlineData("// ax.secrets().get(\"OTHER\")", false)]
    [InlineData("/* ax.secrets().get(\"OTHER\") */", false)]
    [InlineData("String s = \"\"\"\n ax.secrets().get(\"OTHER\")\n \"\"\"", false)]
    [InlineData("char c = '\"'; String s = \"\\\"ax.secrets().get(\"", false)]
    public void A_secret_read_but_not_declared_is_warned_about(string code, bool warns)
    {
        var report = PackageValidator.Validate(
            Greeter("String signature", $"{code};\n        String signature")
        );

        Assert.True(report.Passed);
        Assert.Equal(warns, report.Mistakes.Any(m => m.Code == "package_undeclared_secret"));
    }

    [Theory]
    [InlineData("New", "a word of Java itself")]
    [InlineData("String", "a class of Java itself")]
    [InlineData("UnitTest", "as the names of tests do")]
    public void Names_that_java_cannot_have_are_refused(string name, string says)
    {
        var node = new NodeTemplate
        {
            Name = name,
            Input = "GreetRequest",
            Output = "GreetReply",
        };
        var mistake = Assert.Single(PackageTemplates.CreateNode(Greeter(), node).Mistakes);

        Assert.Equal("package_node_name", mistake.Code);
        Assert.Contains(says, mistake.Message);
    }

    [Fact]
    public void A_test_is_what_is_marked_as_one()
    {
        var source = Greeter()
            .With(
                "nodes/GreetTest.java",
                "package nodes;\npublic class GreetTest {\n    // @Test\n    public void greets() {}\n}\n"
            );

        Assert.False(PackageValidator.Validate(source, push: true).Passed);
    }
}
