using System.Text.RegularExpressions;

namespace Sluice.Server.Tests.Canary;

/// <summary><c>docs/security.md</c> names the test behind each promise; a name that is none would be an empty promise.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sluice.slnx")))
            root = Path.GetDirectoryName(root)!;
        var named = TestName()
            .Matches(File.ReadAllText(Path.Combine(root, "docs", "security.md")))
            .Select(match => match.Groups["name"].Value)
            .Distinct()
            .ToList();
        var code = string.Concat(
            Directory
                .EnumerateFiles(
                    Path.Combine(root, "tests"),
                    "*Tests*.cs",
                    SearchOption.AllDirectories
                )
                .Select(File.ReadAllText)
        );
        Assert.True(named.Count > 20);
        Assert.All(named, name => Assert.Contains($" {name}(", code, StringComparison.Ordinal));
    }

    [GeneratedRegex(
        "`(?<name>[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+){2,})`",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TestName();
}
