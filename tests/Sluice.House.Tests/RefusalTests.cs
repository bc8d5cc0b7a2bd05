using System.Reflection;
using System.Text.RegularExpressions;
using Sluice.Server.Vocabulary;

namespace Sluice.House.Tests;

/// <summary>Every refusal has a page, every page a refusal, and both say the same status.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void Every_refusal_has_a_page_and_every_page_a_refusal()
    {
        var pages = Directory
            .EnumerateFiles(Tree.Path("spec", "errors"), "*.md", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "README.md")
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
        var refusals = Refusals();
        Assert.Equal(refusals.Keys.Order(), pages.Keys.Order());
        Assert.All(
            refusals.Values,
            refusal =>
                Assert.Contains($"`{refusal.Code}`, status {refusal.Status}", pages[refusal.Code])
        );
    }

    [Fact]
    public void A_code_is_snake_case_and_a_detail_is_a_sentence()
    {
        Assert.All(
            Refusals().Values,
            refusal =>
            {
                Assert.Matches(
                    new Regex(
                        "^[a-z][a-z0-9]*(_[a-z0-9]+)*$",
                        RegexOptions.ExplicitCapture,
                        TimeSpan.FromSeconds(1)
                    ),
                    refusal.Code
                );
                Assert.EndsWith(".", refusal.Detail);
                Assert.InRange(refusal.Status, 400, 599);
            }
        );
    }

    private static Dictionary<string, Refusal> Refusals() =>
        typeof(Refusal)
            .Assembly.GetTypes()
            .SelectMany(type =>
                type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            )
            .Where(field => field.FieldType == typeof(Refusal))
            .Select(field => (Refusal)field.GetValue(null)!)
            .GroupBy(refusal => refusal.Code)
            .ToDictionary(group => group.Key, group => group.First());
}
