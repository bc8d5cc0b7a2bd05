using System.Reflection;

namespace Sluice.Runner.Tests.Abuse;

/// <summary>The page that tells what each tier stops, the runner's report, and the tests of this folder say the same.</summary>
public sealed class PageTests(Arena arena)
{
    /// <summary>Rows that no test of ours can show: why not, in a word.</summary>
    private static readonly Dictionary<string, string> s_untested = new()
    {
        ["use a hole in the kernel"] = "unknown ones cannot be tried",
        ["print without end"] = "MisbehaviourTests",
    };

    private static List<MethodInfo> Tests { get; } =
    [
        .. typeof(PageTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<PromiseAttribute>() is not null),
    ];

    [Fact]
    public void Every_row_of_the_page_is_a_test_and_every_test_a_row()
    {
        var promised = Tests.Select(test => test.GetCustomAttribute<PromiseAttribute>()!.Row);
        Assert.Equal(
            promised.Concat(s_untested.Keys).Distinct().Order(),
            Rows().Select(row => row.Name).Order()
        );
    }

    [Fact]
    public void What_the_page_says_is_not_stopped_is_what_the_tests_show()
    {
        foreach (var row in Rows().Where(row => !s_untested.ContainsKey(row.Name)))
        {
            var test = Tests.First(test =>
                test.GetCustomAttribute<PromiseAttribute>()!.Row == row.Name
            );
            var leaks = test.GetCustomAttributes<LeaksAttribute>().Select(each => each.Tier);
            string[] onPage =
            [
                .. Arena.Tiers.Where(
                    (_, i) => row.Cells[i].Contains("**", StringComparison.Ordinal)
                ),
            ];
            Assert.True(
                leaks.Order().SequenceEqual(onPage.Order()),
                $"'{row.Name}' on the page is not what {test.Name} shows"
            );
        }
    }

    [Theory]
    [ClassData(typeof(EachTier))]
    public async Task What_a_tier_does_not_stop_is_warned_of_at_the_start(string tier)
    {
        var house = await arena.House(tier);
        foreach (
            var leak in Tests
                .SelectMany(test => test.GetCustomAttributes<LeaksAttribute>())
                .Where(leak => leak.Tier == tier)
        )
            Assert.Contains(
                house.Runner.Isolation.Warnings,
                warning => warning.Contains(leak.Warned, StringComparison.Ordinal)
            );
    }

    private static List<(string Name, string[] Cells)> Rows() =>
        [
            .. File.ReadLines(Repository.File("docs/isolation.md"))
                .SkipWhile(line =>
                    !line.StartsWith("| attempt of a node", StringComparison.Ordinal)
                )
                .Skip(2)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
                .Select(cells => (cells[0], cells[1..])),
        ];
}
