using System.Diagnostics;
using Sluice.Language.Flows;
using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Packages;

public sealed class HostileYamlTests
{
    private const int Size = 1_000_000;

    public static TheoryData<string> Patterns =>
        [
            "[",
            "{",
            "- ",
            "? ",
            ": ",
            "a: ",
            "[a, ",
            "{a: ",
            "&a ",
            "*a ",
            "!a ",
            "!!str ",
            "\"",
            "'",
            "|\n",
            ">\n",
            "#",
            "%",
            "---\n",
            "...\n",
            "\t",
            " ",
            "\n",
            "a\n",
            "a: b\n",
            "- a\n",
            " a\n",
            "\r",
            "\u0085",
            "\u2028",
            "\u0000",
            "\\",
            "\"\\u",
            "<<: *a\n",
            "a: |\n  b\n",
            "? - ",
            "@",
            "`",
            "\ud800",
            "é",
            "[[],",
            "a:\n ",
            "- - ",
            "[?",
            "{?",
            "x, ",
            "\"a\": ",
            "%TAG ! a\n",
            "%YAML 1.2\n",
        ];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_megabyte_of_anything_is_read_in_bounded_time_and_memory(string pattern)
    {
        var text = string.Concat(Enumerable.Repeat(pattern, Size / pattern.Length));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();

        var manifest = ManifestReader.Read(text, "sluice.yaml");
        var flow = FlowReader.Read(text, "flow.yaml");

        Assert.Null(manifest.Value);
        Assert.Null(flow.Value);
        Assert.InRange(manifest.Mistakes.Count, 1, 100);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000_000);
    }

    [Fact]
    public void A_damaged_manifest_never_throws()
    {
        var good = Samples.Greeter().Text("sluice.yaml")! + Samples.Greeter().Text("flow.yaml");
        const string odd = "[]{}:,-?&*!|>'\"%@`#\t\n\r \0~<=.a1é\u2028\ud800";
        var random = new Random(3);
        for (var i = 0; i < 2_000; i++)
        {
            var text = good.ToCharArray();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
                text[random.Next(text.Length)] = odd[random.Next(odd.Length)];

            _ = ManifestReader.Read(new string(text), "sluice.yaml");
            _ = FlowReader.Read(new string(text), "flow.yaml");
        }
    }

    [Fact]
    public void Random_signs_never_throw()
    {
        const string odd = "[]{}:,-?&*!|>'\"%@`#\t\n\r ~<=.ab1 \n\n - : ";
        var random = new Random(4);
        for (var i = 0; i < 4_000; i++)
        {
            var text = new string([
                .. Enumerable.Range(0, random.Next(40)).Select(_ => odd[random.Next(odd.Length)]),
            ]);

            _ = ManifestReader.Read(text, "sluice.yaml");
            _ = FlowReader.Read(text, "flow.yaml");
        }
    }
}
