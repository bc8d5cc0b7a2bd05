using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Packages;

public sealed class TypeScriptPackageTests
{
    private const string Node = """
        import { AxiomContext } from "../gen/axiomContext";
        import { GreetRequest, GreetReply } from "../gen/messages_pb";

        // export function greet(ax: string): number is no handler.
        const quotes = /["'`]/.test(`it's ${"a"} quote: "`) ? "'" : '"';

        export async function greet(ax: AxiomContext, input: GreetRequest): Promise<GreetReply> {
            const [signature, found] = ax.secrets.get("GREETER_SIGNATURE");
            return new GreetReply().setGreeting(`Hello ${input.getName()}, from ${found ? signature : "anonymous"}`);
        }
        """;

    private const string Signature =
        "export async function greet(ax: AxiomContext, input: GreetRequest): Promise<GreetReply>";

    private static PackageSource Greeter(string old = Signature, string replacement = Signature) =>
        Samples
            .Greeter()
            .Without("nodes/greet.py")
            .Without("nodes/greet_test.py")
            .Without("requirements.txt")
            .Edit("sluice.yaml", "language: python", "language: typescript")
            .With("package.json", "{}")
            .With("tsconfig.json", "{}")
            .With("nodes/greet.ts", Node)
            .Edit("nodes/greet.ts", old, replacement)
            .With("nodes/greet_test.ts", "test(\"greets\", () => {});");

    [Fact]
    public void The_documented_shape_passes() =>
        Assert.Empty(PackageValidator.Validate(Greeter(), push: true).Mistakes);

    [Theory]
    [InlineData("export function greet(ax: AxiomContext, input: GreetRequest): GreetReply")]
    [InlineData("export function greet(ax: AxiomContext, input: GreetRequest)")]
    [InlineData(
        "export async function greet(\n  ax: AxiomContext, // who calls\n  input: messages.GreetRequest,\n): Promise< messages.GreetReply >"
    )]
    [InlineData(
        "export async function greet(ax: AxiomContext, input: GreetRequest, loud = false, more?: Map<string, number>): Promise<GreetReply>"
    )]
    public void A_handler_may_be_written_in_the_ways_that_typescript_allows(string signature) =>
        Assert.Empty(PackageValidator.Validate(Greeter(Signature, signature)).Mistakes);

    [Fact]
    public void A_handler_that_is_no_function_declaration_is_left_to_the_compiler()
    {
        var mistake = Assert.Single(
            PackageValidator
                .Validate(
                    Greeter(
                        Signature,
                        "export const greet = async (ax: AxiomContext, input: GreetRequest): Promise<GreetReply> =>"
                    )
                )
                .Mistakes
        );
        Assert.True(mistake.Warning);
    }

    [Theory]
    [InlineData("export async function greet", "async function greet", 0, "There is no handler")]
    [InlineData("function greet(", "function Greet(", 0, "There is no handler")]
    [InlineData(
        "Promise<GreetReply>",
        "Promise<GreetRequest>",
        7,
        "returns `Promise<GreetRequest>` and not `GreetReply`"
    )]
    [InlineData(
        "input: GreetRequest",
        "input: GreetReply",
        7,
        "takes `GreetReply` and not `GreetRequest`"
    )]
    [InlineData("ax: AxiomContext, ", "", 7, "does not take the context and one input")]
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
    [InlineData(
        "return new GreetReply",
        "secretStatusOf(ax.secrets, 'OTHER'); return new GreetReply",
        "OTHER",
        9,
        32
    )]
    [InlineData("found ? signature", "ax.secrets.get(\"INNER\")[1] ? signature", "INNER", 9, 90)]
    public void Secrets_that_are_not_declared_are_warned_about(
        string old,
        string replacement,
        string name,
        int line,
        int column
    )
    {
        var mistake = Assert.Single(PackageValidator.Validate(Greeter(old, replacement)).Mistakes);
        Assert.Equal(
            ("package_undeclared_secret", true, line, column),
            (mistake.Code, mistake.Warning, mistake.Line, mistake.Column)
        );
        Assert.Contains($"`{name}`", mistake.Message);
    }

    [Fact]
    public void Reads_in_comments_texts_and_tests_are_none() =>
        Assert.Empty(
            PackageValidator
                .Validate(
                    Greeter()
                        .With(
                            "nodes/helper.ts",
                            "// secrets.get(\"A\")\nconst a = `secrets.get(\"B\")`; /* secrets.get(\"C\") */ const b = 'secrets.get(\"D\")';"
                        )
                        .With("nodes/helper_test.ts", "ax.secrets.get(\"E\");")
                )
                .Mistakes
        );

    [Fact]
    public void A_name_that_is_a_word_of_the_language_is_refused() =>
        Assert.Contains(
            PackageValidator
                .Validate(
                    Greeter()
                        .Edit("sluice.yaml", "name: Greet", "name: Delete")
                        .With("nodes/delete.ts", "export function delete_() {}")
                )
                .Mistakes,
            m => m.Code == "package_node_name" && m.Message.Contains("`delete`")
        );

    [Fact]
    public void Dependencies_are_asked_for_by_name_and_version_and_each_other_way_is_named_with_its_place()
    {
        var report = PackageValidator.Validate(
            Greeter()
                .With(
                    "package.json",
                    """
                    {
                      "devDependencies": {"@types/node": "20", "alias": "npm:@acme/other@^2"},
                      "dependencies": {
                        "left-pad": "1.3.0 || >=2 <3",
                        "git": "git+ssh://git@example.com/a.git",
                        "short": "acme/short", "folder": "file:../folder",
                        "../up": "1.0.0",
                        "number": 1
                      },
                      "workspaces": ["a"]
                    }
                    """
                )
        );
        Assert.False(report.Passed);
        Assert.Equal(
            [
                ("package_dependency_source", 5, 5),
                ("package_dependency_source", 6, 5),
                ("package_dependency_source", 6, 28),
                ("package_dependency_malformed", 7, 5),
                ("package_dependency_malformed", 8, 5),
                ("package_dependency_source", 10, 3),
            ],
            report.Mistakes.Select(m => (m.Code, m.Line, m.Column))
        );
    }

    [Fact]
    public void A_package_json_that_is_no_json_is_told_where_it_ceases_to_be()
    {
        var report = PackageValidator.Validate(
            Greeter().With("package.json", "{\n  \"dependencies\": {,}\n}")
        );
        var mistake = Assert.Single(report.Mistakes, m => m.File == "package.json");
        Assert.Equal(
            ("package_dependency_malformed", 2, 20),
            (mistake.Code, mistake.Line, mistake.Column)
        );
    }
}
