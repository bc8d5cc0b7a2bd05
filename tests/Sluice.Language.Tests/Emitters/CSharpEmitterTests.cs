using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

public sealed class CSharpEmitterTests
{
    private static readonly ManifestNode Greet = new()
    {
        Name = "Greet",
        Input = "GreetRequest",
        Output = "demo.greeter.GreetReply",
    };

    [Fact]
    public void The_greeter_as_documented_compiles_with_its_worker()
    {
        var schema = Compile.Good(
            "message GreetRequest { string name = 1; } message GreetReply { string greeting = 1; }"
        );
        using var package = new CSharpPackage(schema, Greet);
        package.WriteWorker();
        package.Write(
            "nodes/greet.cs",
            """
            using Axiom;
            using Gen;
            namespace Nodes;
            public static class GreetNode
            {
                public static GreetReply Greet(IAxiomContext ax, GreetRequest input)
                {
                    var (signature, found) = ax.Secrets().Get("GREETER_SIGNATURE");
                    ax.Log().Info("greeting");
                    return new GreetReply { Greeting = $"Hello {input.Name}, from {(found ? signature : "anonymous")}" };
                }
            }
            """
        );
        package.Compile("Axiom.Runtime.Worker");
    }

    [Fact]
    public void Tests_of_a_package_run_without_any_framework_and_tell_what_failed()
    {
        var schema = Compile.Good("message A { string x = 1; }");
        using var package = new CSharpPackage(schema);
        package.Write(
            "nodes/a_test.cs",
            """
            using System.Threading.Tasks;
            using Axiom.Testing;
            public static class ATests
            {
                [Test] public static async Task Finds_secrets()
                {
                    await Task.Yield();
                    var ax = new TestContext(new System.Collections.Generic.Dictionary<string, string> { ["S"] = "v" });
                    Assert.Equal(("v", true), ax.Secrets().Get("S"));
                    Assert.Equal(("", false), ((Axiom.IAxiomContext)ax).Params().Get("S"));
                    Assert.Equal(Axiom.SecretStatus.Unset, ax.Secrets().Status("T"));
                }
                [Test] public static void Is_equal() => Assert.Equal(new Gen.A { X = "1" }, new Gen.A { X = "2" });
            }
            """
        );
        package.Compile("Axiom.Testing.TestRunner");

        var output = package.Run(exitCode: 1);

        Assert.Contains("ATests.Finds_secrets ... ok", output);
        Assert.Contains(
            "ATests.Is_equal ... FAIL\n    expected A { X = \"1\" }, found A { X = \"2\" }",
            output
        );
        Assert.Contains("2 tests, 1 failed", output);
    }

    [Fact]
    public void New_nodes_compile_and_their_tests_pass_as_they_come()
    {
        var source = new PackageSource(new Dictionary<string, byte[]>()).With(
            PackageTemplates.Init("demo/words", "csharp").Value!
        );
        source = source.With([
            new(
                "messages/messages.proto",
                "syntax = \"proto3\"; package demo.words; message Word { string text = 1; message Part { string text = 1; } }"
            ),
        ]);
        foreach (
            var (name, type) in new[] { ("Say", NodeType.Unary), ("Stream", NodeType.Pipeline) }
        )
        {
            var node = new NodeTemplate
            {
                Name = name,
                Input = "Word",
                Output = "Word.Part",
                Type = type,
            };
            source = source.With(PackageTemplates.CreateNode(source, node).Value!);
        }

        var report = PackageValidator.Validate(source);
        Assert.Empty(report.Mistakes);
        using var package = new CSharpPackage(report.Schema!, [.. report.Manifest!.Nodes]);
        foreach (var path in source.Paths.Where(p => p.EndsWith(".cs", StringComparison.Ordinal)))
            package.Write(path, source.Text(path)!);
        package.Compile("Axiom.Testing.TestRunner");
        Assert.Contains("2 tests, 0 failed", package.Run());
    }

    [Fact]
    public void Every_kind_of_field_has_the_members_that_protobuf_would_give_it()
    {
        var schema = Compile.Good(
            """
            import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/struct.proto";
            enum Mood { MOOD_UNKNOWN = 0; MOOD_VERY_GLAD = 1; }
            message Line { string text = 1; }
            message All {
              optional int32 maybe = 1; repeated Line lines = 2; map<string, int32> by_name = 3; Mood mood = 4; bytes data = 5;
              oneof choice { string left = 6; Line right = 7; } google.protobuf.Timestamp at = 8; google.protobuf.Duration took = 9;
              google.protobuf.Value any = 10; repeated sint64 numbers = 11; message Inner { enum Kind { NONE = 0; } Kind kind = 1; }
              Inner inner = 12; string string = 13; string all = 14; bool equals = 15; double ratio = 16; bool has_maybe = 17;
            }
            """
        );
        using var package = new CSharpPackage(schema);
        package.Write(
            "Program.cs",
            """
            using System;
            using Gen;
            var all = new All
            {
                Maybe = 0, Lines = { new Line { Text = "a" } }, ByName = { ["k"] = 1 }, Mood = Mood.VeryGlad, Data = [1, 2],
                Left = "gone", Right = new Line(), At = Timestamp.FromDateTime(new DateTime(2026, 1, 31)), Took = Duration.FromTimeSpan(TimeSpan.FromSeconds(-1.5)),
                Any = Value.ForList(Value.ForNull(), Value.ForNumber(2)), Numbers = { -1, long.MinValue },
                Inner = new All.Types.Inner { Kind = All.Types.Inner.Types.Kind.None }, String = "s", All_ = "t", Equals_ = true, HasMaybe = true,
            };
            void Check(bool good, string what) { if (!good) throw new Exception(what); }
            Check(all.HasMaybe_ && all.ChoiceCase == All.ChoiceOneofCase.Right && !all.HasLeft && all.Left == "", "presence");
            var back = All.Parse(all.ToByteArray());
            Check(back.Equals(all) && back.GetHashCode() == all.GetHashCode() && back.Clone().Equals(all) && !back.Equals(new All()), "equality");
            Check(back.At!.ToDateTime() == new DateTime(2026, 1, 31) && back.Took!.ToTimeSpan() == TimeSpan.FromSeconds(-1.5), "times");
            Check(Line.Parse([.. new Line { Text = "x" }.ToByteArray(), 0x50, 7]).ToByteArray() is [10, 1, (byte)'x', 0x50, 7], "unknown fields");
            try { Line.Parse([10, 1, 0xFF]); Check(false, "utf8"); } catch (Axiom.Runtime.InvalidMessageException) { }
            try { Line.Parse([10, 5, 1]); Check(false, "short"); } catch (Axiom.Runtime.InvalidMessageException) { }
            try { all.String = null!; Check(false, "null"); } catch (ArgumentNullException) { }
            Console.Write(new All { Maybe = 5, Lines = { new Line { Text = "a" } }, Mood = Mood.VeryGlad });
            """
        );
        package.Compile();
        Assert.StartsWith(
            "All { Maybe = 5, Lines = [Line { Text = \"a\" }], Mood = VeryGlad",
            package.Run()
        );
    }
}
