using System.Text;
using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Packages;

public sealed class PackageValidatorTests
{
    private const string Handler = "nodes/greet.py";
    private const string Signature =
        "def greet(ax: AxiomContext, input: GreetRequest) -> GreetReply:";

    [Fact]
    public void The_sample_passes_also_for_a_push()
    {
        var report = PackageValidator.Validate(Samples.Greeter(), push: true);

        Assert.Empty(report.Mistakes);
        Assert.True(report.Passed);
        Assert.All(report.Checks, c => Assert.True(c.Ok));
        Assert.Equal("demo/greeter", report.Manifest!.Name);
        Assert.NotNull(report.Schema!.Find("GreetReply"));
        Assert.Equal(
            ["manifest", "messages", "files", "handlers", "tests"],
            report.Checks.Select(c => c.Category).Distinct()
        );
    }

    [Fact]
    public void The_report_has_the_documented_form()
    {
        var json = Encoding.UTF8.GetString(
            PackageValidator.Validate(new PackageSource(new Dictionary<string, byte[]>())).ToJson()
        );

        Assert.StartsWith(
            """{"passed":false,"checks":[{"category":"manifest","name":"sluice.yaml","ok":false,"warning":false,"detail":"There is no""",
            json
        );
    }

    [Fact]
    public void A_manifest_by_the_older_name_is_read_as_the_same_thing()
    {
        var greeter = Samples.Greeter();
        var renamed = greeter
            .Without("sluice.yaml")
            .With("axiom.yaml", greeter.Text("sluice.yaml")!);

        Assert.True(PackageValidator.Validate(renamed).Passed);
        var both = PackageValidator.Validate(greeter.With("axiom.yaml", "name: x"));
        Assert.True(both.Passed);
        Assert.Equal("package_two_manifests", Assert.Single(both.Mistakes).Code);
    }

    [Theory]
    [InlineData("async def greet(ax: AxiomContext, input: GreetRequest) -> GreetReply:")]
    [InlineData("def greet(ax, input):")]
    [InlineData("def greet(ax, input, *, loud=False, **more):")]
    [InlineData("def greet(ax, input, loud=False):")]
    [InlineData(
        "def greet(\n    ax: AxiomContext,  # the context, as ever\n    input: \"GreetRequest\",\n) -> 'GreetReply':"
    )]
    [InlineData(
        "def greet(ax: AxiomContext, input: messages_pb2.GreetRequest) -> messages_pb2.GreetReply:"
    )]
    [InlineData("def greet(wrong):\n    pass\n\n\ndef greet(ax, input):")]
    public void A_handler_may_be_written_in_the_ways_that_python_allows(string signature)
    {
        Assert.Empty(
            PackageValidator
                .Validate(Samples.Greeter().Edit(Handler, Signature, signature))
                .Mistakes
        );
    }

    [Theory]
    [InlineData(
        "def hello(ax: AxiomContext, input: GreetRequest) -> GreetReply:",
        0,
        "There is no handler; `def greet(ax: AxiomContext, input: GreetRequest) -> GreetReply` is expected"
    )]
    [InlineData("# def greet(ax, input):\ndef other(ax, input):", 0, "There is no handler")]
    [InlineData("    def greet(ax, input):", 0, "There is no handler")]
    [InlineData(
        "def greet(input: GreetRequest) -> GreetReply:",
        6,
        "does not take the context and one input"
    )]
    [InlineData("def greet(ax, input, loud):", 6, "does not take the context and one input")]
    [InlineData("def greet(ax, input, *, loud):", 6, "does not take the context and one input")]
    [InlineData(
        "def greet(ax, input: GreetReply):",
        6,
        "takes `GreetReply` and not `GreetRequest`"
    )]
    [InlineData(
        "def greet(ax, input: GreetRequest) -> None:",
        6,
        "returns `None` and not `GreetReply`"
    )]
    [InlineData("def greet(ax, input", 6, "never closed")]
    public void A_handler_with_another_signature_is_refused(string signature, int line, string says)
    {
        var report = PackageValidator.Validate(
            Samples.Greeter().Edit(Handler, Signature, signature)
        );

        Assert.False(report.Passed);
        var mistake = Assert.Single(report.Mistakes, m => m.Code == "package_handler");
        Assert.Contains(says, mistake.Message);
        Assert.Equal((Handler, line, "Greet"), (mistake.File, mistake.Line, mistake.Where));
    }

    [Fact]
    public void Requirements_are_names_and_versions_and_every_other_line_is_named_with_its_place()
    {
        var report = PackageValidator.Validate(
            Samples
                .Greeter()
                .With(
                    "requirements.txt",
                    """
                    # what is served
                    requests==2.32.0  # http
                    Django[argon2, bcrypt] (>=4.2,<5) ; python_version >= "3.8"
                    one~=1.0 \
                        --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000

                    --extra-index-url https://example.com/simple
                    -r more.txt
                    two @ https://example.com/two.whl
                      git+https://example.com/three
                    ./four
                    five = 5
                    """
                ),
            push: true
        );

        Assert.False(report.Passed);
        Assert.Equal(
            [
                ("package_dependency_source", 7, 1),
                ("package_dependency_source", 8, 1),
                ("package_dependency_source", 9, 1),
                ("package_dependency_source", 10, 3),
                ("package_dependency_source", 11, 1),
                ("package_dependency_malformed", 12, 1),
            ],
            report.Mistakes.Select(m => (m.Code, m.Line, m.Column))
        );
        Assert.Contains(
            "which index is asked is the operator's to say",
            report.Mistakes[0].Message
        );
    }

    [Theory]
    [InlineData("nuget_deps: [\"Newtonsoft.Json:13.0.3\"]", "build.nuget_deps")]
    [InlineData("maven_deps: [\"org.slf4j:slf4j-api:2.0.0\"]", "build.maven_deps")]
    [InlineData("dockerfile: Dockerfile", "build.dockerfile")]
    public void What_a_manifest_asks_of_a_build_in_vain_is_warned_about(string build, string named)
    {
        var greeter = Samples.Greeter();
        var report = PackageValidator.Validate(
            greeter.With("sluice.yaml", greeter.Text("sluice.yaml") + $"\nbuild:\n  {build}\n")
        );

        Assert.True(report.Passed);
        var mistake = Assert.Single(report.Mistakes);
        Assert.Equal(
            ("package_dependency_ignored", "sluice.yaml", true),
            (mistake.Code, mistake.File, mistake.Warning)
        );
        Assert.Contains(named, mistake.Message);
    }

    [Fact]
    public void A_handler_made_without_def_passes_with_a_warning()
    {
        var report = PackageValidator.Validate(
            Samples.Greeter().With(Handler, "from .other import make\ngreet = make()\n")
        );

        Assert.True(report.Passed);
        Assert.True(Assert.Single(report.Mistakes).Warning);
    }

    [Theory]
    [InlineData("ax.secrets.get(\"OTHER\")", true)]
    [InlineData("ax.secrets.get( 'OTHER' )", true)]
    [InlineData("ax.secrets.status(\"OTHER\")", true)]
    [InlineData("ax.secrets.get(\"GREETER_SIGNATURE\")", false)]
    [InlineData("ax.secrets.get(name)", false)]
    [InlineData("# ax.secrets.get(\"OTHER\")", false)]
    [InlineData("\"ax.secrets.get('OTHER')\"", false)]
    public void A_secret_read_but_not_declared_is_warned_about_and_does_not_fail(
        string code,
        bool warns
    )
    {
        var report = PackageValidator.Validate(
            Samples.Greeter().Edit(Handler, "    if not ok:", $"    {code}\n    if not ok:")
        );

        Assert.True(report.Passed);
        Assert.Equal(
            warns,
            report.Mistakes.Any(m =>
                m is { Code: "package_undeclared_secret", Warning: true, Line: 9 }
            )
        );
        Assert.Equal(
            warns,
            report.Checks.Any(c =>
                c is { Category: "secrets", Name: "OTHER", Ok: false, Warning: true }
            )
        );
    }

    [Fact]
    public void A_secret_read_in_a_helper_may_be_declared_by_any_node()
    {
        var greeter = Samples.Greeter();

        Assert.Empty(
            PackageValidator
                .Validate(greeter.With("nodes/common.py", "ax.secrets.get('GREETER_SIGNATURE')"))
                .Mistakes
        );
        Assert.Single(
            PackageValidator
                .Validate(greeter.With("lib/common.py", "ax.secrets.get('OTHER')"))
                .Mistakes
        );
        Assert.Empty(
            PackageValidator
                .Validate(greeter.With("nodes/x_test.py", "ax.secrets.get('OTHER')"))
                .Mistakes
        );
        Assert.Empty(
            PackageValidator
                .Validate(greeter.With("gen/axiom_context.py", "ax.secrets.get('OTHER')"))
                .Mistakes
        );
    }

    [Fact]
    public void A_node_without_a_test_is_a_warning_that_a_push_refuses()
    {
        var untested = Samples.Greeter().Without("nodes/greet_test.py");

        Assert.True(PackageValidator.Validate(untested).Passed);
        Assert.False(PackageValidator.Validate(untested, push: true).Passed);
        var empty = Samples.Greeter().With("nodes/greet_test.py", "# def test_nothing(): pass\n");
        Assert.False(PackageValidator.Validate(empty, push: true).Passed);
    }

    [Fact]
    public void All_layers_are_checked_even_when_an_earlier_one_fails()
    {
        var broken = Samples
            .Greeter()
            .Without("requirements.txt")
            .Edit("sluice.yaml", "output: GreetReply", "output: GreetAnswer")
            .Edit(
                "sluice.yaml",
                "nodes:",
                "nodes:\n  - {name: Import, input: GreetRequest, output: GreetReply}"
            )
            .Edit(
                Handler,
                "ok = ax.secrets.get(\"GREETER_SIGNATURE\")",
                "ok = ax.secrets.get(\"SIGNATURE\")"
            );

        var report = PackageValidator.Validate(broken);

        Assert.Equal(
            [
                "package_unknown_message",
                "package_missing_file",
                "package_node_name",
                "package_no_handler",
                "package_no_test",
                "package_undeclared_secret",
            ],
            report.Mistakes.Select(m => m.Code)
        );
    }

    [Fact]
    public void Mistakes_in_messages_keep_their_positions()
    {
        var report = PackageValidator.Validate(
            Samples
                .Greeter()
                .Edit("messages/messages.proto", "string name = 1;", "string name = 0;")
        );

        Assert.False(report.Passed);
        var mistake = Assert.Single(report.Mistakes, m => m.File == "messages/messages.proto");
        Assert.Equal(8, mistake.Line);
    }

    [Fact]
    public void Files_that_are_no_text_are_told_and_never_thrown()
    {
        foreach (var path in new[] { "sluice.yaml", "messages/messages.proto", Handler })
        {
            var files = Samples.Greeter().Files.ToDictionary();
            files[path] = [0xFF, 0xFE, 0x00];

            var report = PackageValidator.Validate(new PackageSource(files));

            Assert.False(report.Passed);
            Assert.Contains(report.Mistakes, m => m is { Code: "package_text" } && m.File == path);
        }
    }

    [Fact]
    public void A_package_of_messages_alone_needs_nothing_else()
    {
        var source = new PackageSource(new Dictionary<string, byte[]>())
            .With(
                "sluice.yaml",
                "name: demo/base\nversion: 1.0.0\nlanguage: python\ntype: proto-only\n"
            )
            .With(
                "messages/messages.proto",
                "syntax = \"proto3\"; package demo.base; message M {}"
            );

        Assert.Empty(PackageValidator.Validate(source, push: true).Mistakes);
    }

    [Fact]
    public void An_import_whose_messages_are_not_there_is_refused()
    {
        var source = Samples
            .Greeter()
            .Edit(
                "sluice.yaml",
                "nodes:",
                "imports:\n  - {package: demo/base, version: 1.0.0}\nnodes:"
            );

        Assert.Equal(
            "package_import_missing",
            Assert.Single(PackageValidator.Validate(source).Mistakes).Code
        );
    }
}
