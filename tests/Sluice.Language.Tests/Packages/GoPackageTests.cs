using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;

namespace Sluice.Language.Tests.Packages;

public sealed class GoPackageTests
{
    private const string Node = """
        package nodes

        import (
        	"context"

        	"demo/greeter/axiom"
        	"demo/greeter/gen"
        )

        // func Greet(ax string) is no handler.
        func Greet(ctx context.Context, ax axiom.Context, input *gen.GreetRequest) (*gen.GreetReply, error) {
        	signature, ok := ax.Secrets().Get("GREETER_SIGNATURE")
        	if !ok {
        		signature = "anonymous"
        	}
        	return &gen.GreetReply{Greeting: "Hello " + input.Name + ", from " + signature}, nil
        }
        """;

    private const string Signature =
        "func Greet(ctx context.Context, ax axiom.Context, input *gen.GreetRequest) (*gen.GreetReply, error)";

    private static PackageSource Greeter(string old = Signature, string replacement = Signature) =>
        Samples
            .Greeter()
            .Without("nodes/greet.py")
            .Without("nodes/greet_test.py")
            .Without("requirements.txt")
            .Edit("sluice.yaml", "language: python", "language: go")
            .With("go.mod", "module demo/greeter\n\ngo 1.19\n")
            .With("nodes/greet.go", Node)
            .Edit("nodes/greet.go", old, replacement)
            .With(
                "nodes/greet_test.go",
                "package nodes_test\n\nfunc TestGreet(t *testing.T) {\n}\n"
            );

    [Fact]
    public void The_documented_shape_passes() =>
        Assert.Empty(PackageValidator.Validate(Greeter(), push: true).Mistakes);

    [Theory]
    [InlineData(
        "func Greet(_ context.Context, ax axiom.Context, in *gen.GreetRequest) (reply *gen.GreetReply, err error)"
    )]
    [InlineData(
        "func Greet(context.Context, axiom.Context, *gen.GreetRequest) (*gen.GreetReply, error)"
    )]
    [InlineData(
        "func Greet(\n\tctx context.Context, // how long\n\tax axiom.Context,\n\tinput *pb.GreetRequest,\n) (\n\t*pb.GreetReply,\n\terror,\n)"
    )]
    public void A_handler_may_be_written_in_the_ways_that_go_allows(string signature) =>
        Assert.Empty(PackageValidator.Validate(Greeter(Signature, signature)).Mistakes);

    [Theory]
    [InlineData("package nodes", "package main", 1, "package `main` and not `nodes`")]
    [InlineData("func Greet(", "func greet(", 0, "There is no handler")]
    [InlineData("func Greet(", "func (n Node) Greet(", 0, "There is no handler")]
    [InlineData(
        "*gen.GreetReply, error",
        "*gen.GreetRequest, error",
        11,
        "returns `*gen.GreetRequest` and not `*gen.GreetReply`"
    )]
    [InlineData(
        "*gen.GreetReply, error",
        "gen.GreetReply, error",
        11,
        "returns `gen.GreetReply` and not `*gen.GreetReply`"
    )]
    [InlineData("(*gen.GreetReply, error)", "*gen.GreetReply", 11, "an output and an error")]
    [InlineData(
        "input *gen.GreetRequest",
        "input *gen.GreetReply",
        11,
        "takes `*gen.GreetReply` and not `*gen.GreetRequest`"
    )]
    [InlineData("ctx context.Context, ", "", 11, "does not take two contexts and one input")]
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
    [InlineData("// which\nmodule demo/other\n", 2)]
    [InlineData("go 1.19\n", 0)]
    public void The_module_has_the_name_of_the_package(string module, int line)
    {
        var mistake = Assert.Single(
            PackageValidator.Validate(Greeter().With("go.mod", module)).Mistakes
        );

        Assert.Equal(("package_file", "go.mod", line), (mistake.Code, mistake.File, mistake.Line));
    }

    [Theory]
    [InlineData("ax.Secrets().Get(\"OTHER\")", true)]
    [InlineData("ax.Secrets().\n\t\tGet( `OTHER` )", true)]
    [InlineData("axiom.SecretStatusOf(ax.Secrets(), \"OTHER\")", true)]
    [InlineData("ax.Secrets().Get(name)", false)]
    [InlineData("// ax.Secrets().Get(\"OTHER\")", false)]
    [InlineData("/* ax.Secrets().Get(\"OTHER\") */", false)]
    [InlineData("_ = `\nax.Secrets().Get(\"OTHER\")\n`", false)]
    [InlineData("_ = '\"'; _ = \"\\\"ax.Secrets().Get(\"", false)]
    public void A_secret_read_but_not_declared_is_warned_about(string code, bool warns)
    {
        var report = PackageValidator.Validate(
            Greeter("signature, ok :=", $"{code}\n\tsignature, ok :=")
        );

        Assert.True(report.Passed);
        Assert.Equal(warns, report.Mistakes.Any(m => m.Code == "package_undeclared_secret"));
    }

    [Fact]
    public void Modules_are_asked_for_with_their_place_unless_they_are_brought_along()
    {
        var source = Greeter()
            .With(
                "go.mod",
                """
                module demo/greeter

                go 1.19

                require example.com/words v1.2.3
                require (
                	example.org/more/v2 v2.0.0 // indirect
                )
                exclude example.com/words v1.2.2 // require
                require example.com/odd latest
                replace (
                	example.com/words => ../words
                	example.com/other => ./other
                )
                """
            );

        var asked = PackageDependencies.Of(source, PackageValidator.Validate(source).Manifest!);

        Assert.Equal(
            [("example.com/words", "v1.2.3", 5, 9), ("example.org/more/v2", "v2.0.0", 7, 2)],
            asked.All.Select(each => (each.Name, each.Asked, each.Line, each.Column))
        );
        Assert.Equal(
            [("package_dependency_malformed", 10, 9), ("package_dependency_source", 12, 2)],
            asked.Mistakes.Select(m => (m.Code, m.Line, m.Column))
        );
        Assert.Empty(
            PackageValidator.Validate(source.With("vendor/modules.txt", "# example")).Mistakes
        );
    }

    [Theory]
    [InlineData("HTTPFetch", "nodes/http_fetch.go", "nodes/http_fetch_test.go")]
    [InlineData("ParseJs", "nodes/parse_js_.go", "nodes/parse_js__test.go")]
    [InlineData("Js", "nodes/js.go", "nodes/js_test.go")]
    public void No_node_lies_in_a_file_for_one_system_alone(string name, string path, string test)
    {
        var node = new NodeTemplate
        {
            Name = name,
            Input = "GreetRequest",
            Output = "GreetReply",
        };
        var files = PackageTemplates.CreateNode(Greeter(), node).Value!;

        Assert.Equal([path, test], files.Skip(1).Select(f => f.Path));
    }
}
