using System.Diagnostics;
using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Packages;

public sealed class PackageTemplatesTests
{
    private static PackageSource Empty => new(new Dictionary<string, byte[]>());

    private static PackageSource New(string name = "demo/words", string language = "python") =>
        Empty.With(Good(PackageTemplates.Init(name, language, "Says \"words\"")));

    private static T Good<T>(Reading<T> reading)
        where T : class
    {
        Assert.Empty(reading.Mistakes);
        return reading.Value!;
    }

    private static PackageSource WithMessage(PackageSource source, string name, string fields) =>
        source.With(
            "messages/messages.proto",
            Good(
                PackageTemplates.CreateMessage(
                    source.Text("messages/messages.proto")!,
                    name,
                    fields
                )
            )
        );

    [Fact]
    public void A_new_package_passes_validation()
    {
        var report = PackageValidator.Validate(New());

        Assert.True(report.Passed);
        Assert.Equal("Says \"words\"", report.Manifest!.Description);
        Assert.Equal("package_no_nodes", Assert.Single(report.Mistakes).Code);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("csharp")]
    [InlineData("go")]
    [InlineData("java")]
    [InlineData("typescript")]
    [InlineData("rust")]
    public void Git_leaves_alone_all_that_is_generated_and_nothing_that_is_written(string language)
    {
        var source = WithMessage(New(language: language), "Note", "text:string");
        source = source.With(
            Good(
                PackageTemplates.CreateNode(
                    source,
                    new NodeTemplate
                    {
                        Name = "Echo",
                        Input = "Note",
                        Output = "Note",
                    }
                )
            )
        );
        var report = PackageValidator.Validate(source);
        var ignored = source
            .Text(".gitignore")!
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.TrimStart('/'))
            .ToList();
        Assert.All(
            PackageGenerator.Generate(report.Manifest!, report.Schema!),
            file => Assert.Contains(ignored, folder => file.Path.StartsWith(folder))
        );
        Assert.All(
            source.Files.Keys,
            path => Assert.DoesNotContain(ignored, folder => path.StartsWith(folder))
        );
    }

    [Theory]
    [InlineData("Words", "python", "0.1.0", "manifest_name")]
    [InlineData("demo/words", "cobol", "0.1.0", "manifest_language")]
    [InlineData("demo/words", "python", "1", "manifest_version")]
    public void A_package_that_could_not_be_pushed_is_not_begun(
        string name,
        string language,
        string version,
        string code
    )
    {
        Assert.Equal(
            code,
            Assert.Single(PackageTemplates.Init(name, language, "", version).Mistakes).Code
        );
    }

    [Theory]
    [InlineData("text:string; times:int32", "string text = 1;\n  int32 times = 2;")]
    [InlineData(
        "text: string, times: repeated int32",
        "string text = 1;\n  repeated int32 times = 2;"
    )]
    [InlineData(
        "m: map<string,int32>\nn: optional bool",
        "map<string, int32> m = 1;\n  optional bool n = 2;"
    )]
    [InlineData(
        "string text; repeated int32 times;",
        "string text = 1;\n  repeated int32 times = 2;"
    )]
    [InlineData(
        "string text = 4; int32 times; int32 more = 1; bool last",
        "string text = 4;\n  int32 times = 2;\n  int32 more = 1;\n  bool last = 3;"
    )]
    [InlineData(
        "// What is said.\nstring text = 1 [deprecated = true];",
        "// What is said.\n  string text = 1 [deprecated = true];"
    )]
    [InlineData("message Say { string text = 1; }", "string text = 1;")]
    [InlineData(
        "message Say { oneof what { string text = 1; int32 code = 2; } }",
        "oneof what { string text = 1; int32 code = 2; }"
    )]
    public void A_message_is_made_from_any_of_the_documented_forms(string fields, string expected)
    {
        var proto = New().Text("messages/messages.proto")!;

        var text = Good(PackageTemplates.CreateMessage(proto, "Say", fields));

        Assert.Equal($"{proto}\nmessage Say {{\n  {expected}\n}}\n", text);
    }

    [Theory]
    [InlineData("say", "a:string", "template_message_name")]
    [InlineData("Say", "a string b", "template_field")]
    [InlineData("Say", "a:string; a:int32", "proto_")]
    [InlineData("Say", "a:Unknown", "proto_")]
    public void A_message_that_would_not_compile_is_refused(string name, string fields, string code)
    {
        var reading = PackageTemplates.CreateMessage(
            New().Text("messages/messages.proto")!,
            name,
            fields
        );

        Assert.Null(reading.Value);
        Assert.StartsWith(code, reading.Mistakes[0].Code);
    }

    [Theory]
    [InlineData(
        "nodes: []\n# end\n",
        "nodes:\n  - name: Say\n    input: In\n    output: Out\n# end\n"
    )]
    [InlineData("nodes:\n# end", "nodes:\n  - name: Say\n    input: In\n    output: Out\n# end\n")]
    [InlineData(
        "license: MIT",
        "license: MIT\nnodes:\n  - name: Say\n    input: In\n    output: Out\n"
    )]
    [InlineData(
        "nodes: # all\n- name: A # first\n  input: In\n  output: Out\n\n  # still of A\n  required_secrets:\n    - S\n\n# about tags\ntags: [x]\n",
        "nodes: # all\n- name: A # first\n  input: In\n  output: Out\n\n  # still of A\n  required_secrets:\n    - S\n- name: Say\n  input: In\n  output: Out\n\n# about tags\ntags: [x]\n"
    )]
    [InlineData(
        "nodes:\n    -   name: A\n        input: In\n        output: Out\n        description: |\n          one\n\n          # two",
        "nodes:\n    -   name: A\n        input: In\n        output: Out\n        description: |\n          one\n\n          # two\n    - name: Say\n      input: In\n      output: Out\n"
    )]
    [InlineData(
        "nodes:\r\n  - {name: A, input: In, output: Out}\r\n",
        "nodes:\r\n  - {name: A, input: In, output: Out}\r\n  - name: Say\r\n    input: In\r\n    output: Out\r\n"
    )]
    public void A_new_node_is_entered_and_everything_else_stays_as_written(
        string before,
        string after
    )
    {
        const string head = "name: demo/words # mine\nversion: 0.1.0\nlanguage: python\n";
        var source = WithMessage(WithMessage(New(), "In", ""), "Out", "")
            .With("sluice.yaml", head + before);

        var files = Good(
            PackageTemplates.CreateNode(
                source,
                new NodeTemplate
                {
                    Name = "Say",
                    Input = "In",
                    Output = "Out",
                }
            )
        );

        var end = before.Contains('\r') ? "\r\n" : "\n";
        Assert.Equal(
            head.Replace("\n", end) + after,
            files.Single(f => f.Path == "sluice.yaml").Content
        );
    }

    [Fact]
    public void A_manifest_whose_nodes_stand_in_one_line_is_left_alone()
    {
        var source = WithMessage(New(), "M", "")
            .With(
                "sluice.yaml",
                "name: demo/words\nversion: 0.1.0\nlanguage: python\nnodes: [{name: A, input: M, output: M}]\n"
            );

        var reading = PackageTemplates.CreateNode(
            source,
            new NodeTemplate
            {
                Name = "Say",
                Input = "M",
                Output = "M",
            }
        );

        Assert.Equal("template_manifest", Assert.Single(reading.Mistakes).Code);
    }

    [Fact]
    public void A_node_that_cannot_be_made_is_refused_with_every_reason()
    {
        var source = WithMessage(New(), "M", "").With("nodes/say.py", "mine");

        var reading = PackageTemplates.CreateNode(
            source,
            new NodeTemplate
            {
                Name = "Say",
                Input = "N",
                Output = "O",
            }
        );

        Assert.Equal(
            ["package_unknown_message", "package_unknown_message", "template_exists"],
            reading.Mistakes.Select(m => m.Code)
        );
    }

    [Fact]
    public async Task The_sample_and_new_python_nodes_pass_their_own_tests()
    {
        var source = WithMessage(
            WithMessage(Samples.Greeter(), "Word", "text:string"),
            "Words",
            "words: repeated Word"
        );
        foreach (
            var node in new[]
            {
                new NodeTemplate
                {
                    Name = "Split",
                    Input = "Word",
                    Output = "Words",
                    Description = "Cuts \"a\\b\" in two.",
                },
                new NodeTemplate
                {
                    Name = "HTTPStream",
                    Input = "Word",
                    Output = "Word",
                    Type = NodeType.Pipeline,
                },
            }
        )
            source = source.With(Good(PackageTemplates.CreateNode(source, node)));
        var report = PackageValidator.Validate(source, push: true);
        Assert.Empty(report.Mistakes);
        source = source.With(PackageGenerator.Generate(report.Manifest!, report.Schema!));

        var (exitCode, output) = await Run(
            source,
            "python3",
            "-B",
            "-m",
            "unittest",
            "-v",
            "nodes/greet_test.py",
            "nodes/split_test.py",
            "nodes/http_stream_test.py"
        );

        Assert.True(exitCode == 0, output);
        Assert.Contains("Ran 4 tests", output);
    }

    /// <summary>Runs a program in a folder that holds the package and is gone afterwards.</summary>
    private static async Task<(int ExitCode, string Output)> Run(
        PackageSource source,
        string program,
        params string[] arguments
    )
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        try
        {
            foreach (var (path, content) in source.Files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
                await File.WriteAllBytesAsync(Path.Combine(folder, path), content);
            }
            var start = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
