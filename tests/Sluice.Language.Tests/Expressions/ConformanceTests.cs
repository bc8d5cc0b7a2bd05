using System.Text.RegularExpressions;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Expressions;

/// <summary>The CEL specification's own tests. What is left out is listed in the README beside them, by name.</summary>
public sealed partial class ConformanceTests
{
    private static readonly string Folder = Path.Combine(
        AppContext.BaseDirectory,
        "Expressions",
        "Conformance"
    );

    [Fact]
    public void Every_case_of_the_specification_that_is_not_left_out_by_name_holds()
    {
        var leftOut = LeftOut();
        var wrong = Cases()
            .Where(c => !leftOut.Exists(l => l.IsMatch(c.Id)))
            .Select(c => (c.Id, Fault: c.Run()))
            .Where(c => c.Fault is not null)
            .Select(c => $"{c.Id}: {c.Fault}");
        None(wrong);
    }

    [Fact]
    public void Nothing_is_left_out_that_would_hold()
    {
        var leftOut = LeftOut();
        var cases = Cases().ToList();
        None(
            leftOut
                .Where(l => !cases.Exists(c => l.IsMatch(c.Id)))
                .Select(l => $"{l} names nothing")
        );
        None(
            cases
                .Where(c => leftOut.Exists(l => l.IsMatch(c.Id)) && c.Run() is null)
                .Select(c => c.Id)
        );
        Assert.True(cases.Count(c => !leftOut.Exists(l => l.IsMatch(c.Id))) > 1500);
    }

    /// <summary>Fails with all of what should not be there: an ordinary assertion would cut it short.</summary>
    private static void None(IEnumerable<string> wrong)
    {
        var all = string.Join('\n', wrong);
        Assert.True(all.Length == 0, all);
    }

    private static IEnumerable<ConformanceCase> Cases()
    {
        var schema = SchemaCompiler
            .Compile(
                new Dictionary<string, string>
                {
                    ["test_all_types.proto"] = File.ReadAllText(
                        Path.Combine(Folder, "test_all_types.proto")
                    ),
                }
            )
            .Value!;
        foreach (
            var path in Directory.GetFiles(Folder, "*.textproto").Order(StringComparer.Ordinal)
        )
        {
            var name = Path.GetFileNameWithoutExtension(path);
            foreach (
                var section in TextProto.Read(AsProto3(File.ReadAllText(path))).Messages("section")
            )
            foreach (var test in section.Messages("test"))
                yield return new(
                    $"{name}/{section.Text("name")}/{test.Text("name")}",
                    test,
                    schema
                );
        }
    }

    /// <summary>There are no messages of proto2 here; its cases run with those of the same names of proto3.</summary>
    private static string AsProto3(string text) =>
        text.Replace("conformance.proto2", "conformance.proto3");

    /// <summary>The first column of the table: names with `*` for any characters.</summary>
    private static List<Regex> LeftOut() =>
        [
            .. Row()
                .Matches(File.ReadAllText(Path.Combine(Folder, "README.md")))
                .Select(m => new Regex(
                    $"^{Regex.Escape(m.Groups["case"].Value).Replace("\\*", ".*")}$",
                    RegexOptions.NonBacktracking
                )),
        ];

    [GeneratedRegex(
        @"^\| `(?<case>[^`]+)` \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Row();
}
