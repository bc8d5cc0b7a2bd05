using System.Diagnostics;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

/// <summary>What the official compiler takes we take, and what it refuses we refuse, on files broken at random.</summary>
public sealed class ProtocAgreementTests
{
    /// <summary>What we refuse on purpose, and two things that Debian's protoc only warns of or does not look for.</summary>
    private static readonly string[] Stricter =
    [
        "proto_service",
        "proto_extension",
        "proto_json_name",
        "proto_not_proto3",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Broken_files_are_taken_or_refused_as_protoc_does(int seed)
    {
        var root = Directory.CreateTempSubdirectory("sluice-protoc-").FullName;
        var random = new Random(seed);
        var files = Enumerable
            .Range(0, 20)
            .Select(i => Break(new RandomSchema((seed * 100) + i).Write(), random))
            .ToList();
        for (var i = 0; i < files.Count; i++)
        {
            var path = $"{root}/f{i}.proto";
            await File.WriteAllTextAsync(path, files[i], TestContext.Current.CancellationToken);
            var start = new ProcessStartInfo("protoc", [$"-I{root}", "-o/dev/null", path])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var said = await process.StandardError.ReadToEndAsync(
                TestContext.Current.CancellationToken
            );
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            var ours = Compile.Text(files[i]).Mistakes;
            if (ours.Count > 0 && ours.All(m => Stricter.Contains(m.Code)))
                continue;
            Assert.True(
                process.ExitCode == 0 == (ours.Count == 0),
                $"protoc: {said}\nours: {string.Join('\n', ours)}\n{files[i]}"
            );
        }

        Directory.Delete(root, recursive: true);
    }

    /// <summary>Takes a word or mark away, doubles it, or puts another in its place.</summary>
    private static string Break(string text, Random random)
    {
        var words = System
            .Text.RegularExpressions.Regex.Matches(text, @"\w+|""[^""]*""|[^\w\s]")
            .Select(m => m.Value)
            .ToList();
        for (var n = random.Next(0, 3); n > 0; n--)
        {
            var at = random.Next(words.Count);
            switch (random.Next(3))
            {
                case 0:
                    words.RemoveAt(at);
                    break;
                case 1:
                    words.Insert(at, words[at]);
                    break;
                default:
                    words[at] = words[random.Next(words.Count)];
                    break;
            }
        }

        return string.Join(' ', words);
    }
}
