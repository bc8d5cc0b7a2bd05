using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;

namespace Sluice.Language.Tests.Packages;

public sealed class RustPackageTests
{
    private const string Node = """
        use crate::axiom_context::AxiomContext;
        use crate::messages::{GreetReply, GreetRequest};

        // pub fn greet(ax: i32) -> i32 is no handler. /* pub fn
        const QUOTES: (char, char, &str, &str) = ('"', '\'', "it's \" a quote", r##"raw "# quote"##);
        fn first<'a>(words: &[&'a str]) -> &'a str { words[0] }

        pub fn greet(ax: &dyn AxiomContext, input: GreetRequest) -> Result<GreetReply, Box<dyn std::error::Error>> {
            let (signature, found) = ax.secrets().get("GREETER_SIGNATURE");
            Ok(GreetReply { greeting: format!("{}{}", first(&[&input.name]), if found { signature } else { String::new() }), ..Default::default() })
        }
        """;

    private const string Signature =
        "pub fn greet(ax: &dyn AxiomContext, input: GreetRequest) -> Result<GreetReply, Box<dyn std::error::Error>>";

    private const string Cargo = "[package]\nname = \"service\"\nversion = \"0.1.0\"\n";

    private static PackageSource Greeter(string old = Signature, string replacement = Signature) =>
        Samples
            .Greeter()
            .Without("nodes/greet.py")
            .Without("nodes/greet_test.py")
            .Without("requirements.txt")
            .Edit("sluice.yaml", "language: python", "language: rust")
            .With("Cargo.toml", Cargo)
            .With(
                "src/lib.rs",
                "#[path = \"../gen/mod.rs\"]\nmod generated;\npub use generated::*;\n"
            )
            .With("nodes/greet.rs", Node)
            .Edit("nodes/greet.rs", old, replacement)
            .With("nodes/greet_test.rs", "#[test]\nfn greets() {}\n");

    [Fact]
    public void The_documented_shape_passes() =>
        Assert.Empty(PackageValidator.Validate(Greeter(), push: true).Mistakes);

    [Theory]
    [InlineData(
        "pub fn greet(_: &dyn AxiomContext, GreetRequest { name, .. }: GreetRequest) -> Result<GreetReply, String>"
    )]
    [InlineData(
        "pub fn greet<'a>(\n    ax: &'a dyn AxiomContext, // who calls\n    mut input: crate::messages::GreetRequest,\n) -> std::result::Result<messages::GreetReply, fn(i32) -> i32>\n"
    )]
    [InlineData(
        "pub fn greet(ax: &dyn AxiomContext, input: GreetRequest) -> anyhow::Result<GreetReply>"
    )]
    public void A_handler_may_be_written_in_the_ways_that_rust_allows(string signature) =>
        Assert.Empty(PackageValidator.Validate(Greeter(Signature, signature)).Mistakes);

    [Theory]
    [InlineData("pub fn greet", "fn greet", 0, "There is no handler")]
    [InlineData("pub fn greet(", "pub fn Greet(", 0, "There is no handler")]
    [InlineData("pub fn greet(", "pub async fn greet(", 8, "are not `async`")]
    [InlineData(
        "Result<GreetReply,",
        "Result<GreetRequest,",
        8,
        "and not a `Result` of `GreetReply`"
    )]
    [InlineData("-> Result<GreetReply, Box<dyn std::error::Error>>", "", 8, "returns nothing")]
    [InlineData(
        "Result<GreetReply, Box<dyn std::error::Error>>",
        "messages::GreetReply",
        8,
        "returns `messages::GreetReply` and not a `Result` of `GreetReply`"
    )]
    [InlineData(
        "input: GreetRequest",
        "input: GreetReply",
        8,
        "takes `GreetReply` and not `GreetRequest`"
    )]
    [InlineData(
        "input: GreetRequest",
        "input: &GreetRequest",
        8,
        "takes `&GreetRequest` and not `GreetRequest`"
    )]
    [InlineData("ax: &dyn AxiomContext, ", "", 8, "does not take the context and one input")]
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
        "let (signature",
        "ax.secrets() .status(r\"OTHER\"); let (signature",
        "OTHER",
        9,
        27
    )]
    [InlineData("found {", "ax.secrets()\n.get(\"INNER\").1 {", "INNER", 11, 6)]
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
                            "src/helper.rs",
                            "// secrets().get(\"A\")\n/* /* x */ secrets().get(\"C\") */ const A: &str = r#\"secrets().get(\"D\")\"#; const B: char = '\\u{22}';"
                        )
                        .With("nodes/helper_test.rs", "ax.secrets().get(\"E\");")
                )
                .Mistakes
        );

    [Fact]
    public void A_name_that_is_a_word_of_the_language_is_refused() =>
        Assert.Contains(
            PackageValidator
                .Validate(
                    Greeter()
                        .Edit("sluice.yaml", "name: Greet", "name: Loop")
                        .With("nodes/loop.rs", "pub fn loop_() {}")
                )
                .Mistakes,
            m => m.Code == "package_node_name" && m.Message.Contains("`loop`")
        );

    [Theory]
    [InlineData(
        "Cargo.toml",
        "[package]\nversion = \"1.0.0\"\n[lib]\nname = \"service\"\n",
        0,
        "`name = \"service\"` is expected"
    )]
    [InlineData(
        "Cargo.toml",
        "[package]\n# about\nname = \"greeter\"\n",
        3,
        "`name = \"service\"` is expected"
    )]
    [InlineData(
        "src/lib.rs",
        "// mod generated;\n",
        0,
        "`#[path = \"../gen/mod.rs\"] mod generated;` is expected"
    )]
    public void A_crate_that_the_worker_cannot_use_is_refused(
        string path,
        string text,
        int line,
        string says
    )
    {
        var mistake = Assert.Single(PackageValidator.Validate(Greeter().With(path, text)).Mistakes);
        Assert.Equal(
            ("package_file", path, line, false),
            (mistake.Code, mistake.File, mistake.Line, mistake.Warning)
        );
        Assert.Contains(says, mistake.Message);
    }

    [Fact]
    public void Crates_are_asked_for_with_their_place_and_never_from_a_repository()
    {
        var cargo =
            Cargo
            + """
                [dependencies]
                # serde = "1"
                words = { path = "vendor/words" }
                rand = "0.8"
                far = { git = "https://example.com/far" }
                inner = { workspace = true, features = [
                  "a" ] }

                [dependencies.tokio]
                version = "1"
                [dev-dependencies.local]
                path = "vendor/local"
                [build-dependencies]
                cc = "1"
                [features]
                default = []
                """;
        var source = Greeter().With("Cargo.toml", cargo);
        var asked = PackageDependencies.Of(source, PackageValidator.Validate(source).Manifest!);
        Assert.Equal(
            [("rand", 7, 1), ("far", 8, 1), ("inner", 9, 1), ("tokio", 12, 15), ("cc", 17, 1)],
            asked.All.Select(each => (each.Name, each.Line, each.Column))
        );
        var mistake = Assert.Single(asked.Mistakes);
        Assert.Equal(
            ("package_dependency_source", 8, 9),
            (mistake.Code, mistake.Line, mistake.Column)
        );
        // What `cargo vendor` laid down, with the configuration that it asks for, is used.
        Assert.Empty(
            PackageValidator
                .Validate(
                    Greeter()
                        .With("Cargo.toml", cargo)
                        .With(".cargo/config.toml", "[source.crates-io]")
                )
                .Mistakes
        );
    }
}
