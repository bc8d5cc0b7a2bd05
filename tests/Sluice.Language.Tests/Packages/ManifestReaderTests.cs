using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Packages;

public sealed class ManifestReaderTests
{
    private const string Greeter = """
        # axiom.yaml
        name: my-org/greeter
        version: 0.1.0
        language: python
        nodes:
          - name: Greet
            input: GreetRequest
            output: GreetReply
            required_secrets:
              - GREETER_SIGNATURE
        """;

    [Fact]
    public void The_documented_example_is_read_as_printed()
    {
        var reading = ManifestReader.Read(Greeter, "axiom.yaml");

        Assert.Empty(reading.Mistakes);
        var manifest = reading.Value!;
        Assert.Equal("my-org", manifest.Handle);
        Assert.Equal("greeter", manifest.ShortName);
        Assert.Equal("python", manifest.Language);
        var node = Assert.Single(manifest.Nodes);
        Assert.Equal(
            ("Greet", "GreetRequest", "GreetReply", NodeType.Unary),
            (node.Name, node.Input, node.Output, node.Type)
        );
        Assert.Equal(["GREETER_SIGNATURE"], node.RequiredSecrets);
    }

    [Fact]
    public void Every_documented_field_is_read()
    {
        var reading = ManifestReader.Read(
            """
            name: demo/full
            version: 1.2.3-rc.1+build.5
            language: csharp
            description: All of it
            author: A. Author
            license: Apache-2.0
            tags: [one, two]
            nodes:
              - {name: Watch, input: In, output: demo.full.Out, type: pipeline, description: watches}
            imports:
              - package: demo/base
                version: 2.0.0
                messages: [Money]
            env:
              - name: REGION
                description: where
                required: true
                secret: false
                default: eu
            build:
              dockerfile: build/Dockerfile
              system_deps: [libxml2, g++]
              nuget_deps: ["Foo.Bar:1.2.3"]
              maven_deps: ["org.foo:bar:1.0"]
              timeout: 1m30s
            """,
            "sluice.yaml"
        );

        Assert.Empty(reading.Mistakes);
        var manifest = reading.Value!;
        Assert.Equal(["one", "two"], manifest.Tags);
        Assert.Equal(NodeType.Pipeline, manifest.Nodes[0].Type);
        Assert.Equal(new PackageReference("demo/base", "2.0.0"), manifest.Imports[0].Package);
        Assert.Equal(["Money"], manifest.Imports[0].Messages);
        Assert.Equal(new ManifestEnv("REGION", "where", true, false, "eu"), manifest.Env[0]);
        Assert.Equal(["libxml2", "g++"], manifest.Build.SystemDeps);
        Assert.Equal(["Foo.Bar:1.2.3"], manifest.Build.NugetDeps);
        Assert.Equal(["org.foo:bar:1.0"], manifest.Build.MavenDeps);
        Assert.Equal(TimeSpan.FromSeconds(90), manifest.Build.Timeout);
    }

    [Fact]
    public void All_mistakes_are_told_at_once_with_their_positions()
    {
        var reading = ManifestReader.Read(
            """
            name: Greeter
            version: "1.0"
            nodes:
              - name: greet
                input: GreetRequest
                required_secrets: [9lives]
              - name: Bye
                input: A
                output: B
              - name: Bye
                input: A
                output: B
            """,
            "sluice.yaml"
        );

        Assert.Null(reading.Value);
        Assert.Equal(
            [
                ("manifest_missing", 1, 1),
                ("manifest_name", 1, 7),
                ("manifest_version", 2, 10),
                ("manifest_missing", 4, 5),
                ("manifest_name", 4, 11),
                ("manifest_secret_name", 6, 24),
                ("manifest_duplicate_node", 10, 5),
            ],
            reading.Mistakes.Select(m => (m.Code, m.Line, m.Column))
        );
    }

    [Fact]
    public void An_unknown_key_is_a_warning_that_names_what_is_allowed()
    {
        var reading = ManifestReader.Read(Greeter + "\nnode_env: 3\n", "sluice.yaml");

        Assert.True(reading.Ok);
        var warning = Assert.Single(reading.Mistakes);
        Assert.True(warning.Warning);
        Assert.Equal(("manifest_unknown_key", 11), (warning.Code, warning.Line));
        Assert.Contains("`env`", warning.Message);
    }

    [Theory]
    [InlineData("name: demo/a\nname: demo/b", "duplicate_key", 2, 1)]
    [InlineData("name: &a demo/a\n", "yaml_feature", 1, 7)]
    [InlineData("name: !!str demo/a\n", "yaml_feature", 1, 7)]
    [InlineData("name: demo/a\n\tversion: 1", "yaml_syntax", 2, 1)]
    [InlineData("name: \"demo", "yaml_syntax", 1, 7)]
    [InlineData("a: b: c", "yaml_syntax", 1, 5)]
    [InlineData("", "document_empty", 1, 1)]
    [InlineData("- a", "manifest_type", 1, 1)]
    [InlineData("name: a/b\n---\nname: a/b", "yaml_documents", 2, 1)]
    [InlineData("[a]: b", "yaml_key", 1, 1)]
    public void Malformed_yaml_gets_a_position(string yaml, string code, int line, int column)
    {
        var reading = ManifestReader.Read(yaml, "sluice.yaml");

        Assert.Null(reading.Value);
        Assert.Contains(
            (code, line, column),
            reading.Mistakes.Select(m => (m.Code, m.Line, m.Column))
        );
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_without_expanding_it()
    {
        var yaml = "a: &a [x,x,x,x,x,x,x,x,x]\n";
        for (var c = 'b'; c <= 'z'; c++)
            yaml +=
                $"{c}: &{c} [*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)}]\n";

        var reading = ManifestReader.Read(yaml, "sluice.yaml");

        Assert.Null(reading.Value);
        Assert.Contains(reading.Mistakes, m => m.Code == "yaml_feature");
        Assert.InRange(reading.Mistakes.Count, 1, 100);
    }

    [Theory]
    [InlineData("[", 10_000)]
    [InlineData("{a: ", 10_000)]
    [InlineData("- ", 10_000)]
    public void Deep_nesting_is_refused(string open, int times)
    {
        var reading = ManifestReader.Read(
            string.Concat(Enumerable.Repeat(open, times)),
            "sluice.yaml"
        );

        Assert.Null(reading.Value);
        Assert.Contains(reading.Mistakes, m => m.Code is "document_too_large" or "yaml_syntax");
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused_unread()
    {
        var reading = ManifestReader.Read(new string('#', 2_000_000), "sluice.yaml");

        Assert.Equal("document_too_large", Assert.Single(reading.Mistakes).Code);
    }

    [Fact]
    public void A_proto_only_package_has_no_nodes()
    {
        var reading = ManifestReader.Read(Greeter + "\ntype: proto-only\n", "sluice.yaml");

        Assert.Equal("manifest_proto_only", Assert.Single(reading.Mistakes).Code);
    }

    [Theory]
    [InlineData("Greet", "greet")]
    [InlineData("GreetAgain", "greet_again")]
    [InlineData("HTTPFetch", "http_fetch")]
    [InlineData("ParseV2Doc", "parse_v2_doc")]
    public void File_names_follow_node_names(string node, string file) =>
        Assert.Equal(file, NameRules.Snake(node));

    [Fact]
    public void A_node_whose_file_would_be_taken_for_a_test_is_refused() =>
        Assert.Equal(
            "manifest_name",
            Assert
                .Single(
                    ManifestReader
                        .Read(Greeter.Replace("Greet\n", "GreetTest\n"), "sluice.yaml")
                        .Mistakes
                )
                .Code
        );

    [Fact]
    public void Hosts_of_egress_are_read_and_a_repeated_one_counts_once()
    {
        var reading = ManifestReader.Read(
            Greeter
                + "\negress: [API.example.com:443, api.example.com:443, \"*.example.org:8443\"]",
            "sluice.yaml"
        );
        Assert.Empty(reading.Mistakes);
        Assert.Equal(
            ["api.example.com:443", "*.example.org:8443"],
            reading.Value!.Egress.Select(host => host.ToString())
        );
    }

    [Theory]
    [InlineData("api.example.com")]
    [InlineData("https://api.example.com:443")]
    [InlineData("api.example.com:0")]
    [InlineData("api.example.com:65536")]
    [InlineData("10.0.0.1:443")]
    [InlineData("0x0a000001:443")]
    [InlineData("[::1]:443")]
    [InlineData("*:443")]
    [InlineData("a.*.com:443")]
    [InlineData("-a.com:443")]
    [InlineData("a..com:443")]
    public void What_is_no_host_by_name_with_a_port_is_refused(string text)
    {
        var reading = ManifestReader.Read($"{Greeter}\negress: ['{text}']", "sluice.yaml");
        Assert.Equal(["manifest_egress"], reading.Mistakes.Select(mistake => mistake.Code));
    }

    [Theory]
    [InlineData("*.example.com:443", "api.example.com", 443, true)]
    [InlineData("*.example.com:443", "a.b.example.com", 443, true)]
    [InlineData("*.example.com:443", "example.com", 443, false)]
    [InlineData("*.example.com:443", "badexample.com", 443, false)]
    [InlineData("*.example.com:443", ".example.com", 443, false)]
    [InlineData("*.example.com:443", "api.example.com", 8443, false)]
    [InlineData("api.example.com:443", "api.example.com", 443, true)]
    [InlineData("api.example.com:443", "a.api.example.com", 443, false)]
    public void A_host_is_covered_by_its_name_or_by_a_name_above_it(
        string entry,
        string host,
        int port,
        bool covered
    )
    {
        Assert.True(EgressHost.TryParse(entry, out var read));
        Assert.Equal(covered, read.Covers(host, port));
    }
}
