using System.Globalization;
using Sluice.Fuzz;

const string usage = """
    usage: ./dev fuzz [--seconds N] [--only TARGET] [--seed N]

      --seconds  per target; default 10
      --only     one of the targets; default all
      --seed     repeats what an earlier run has printed; also SLUICE_SEED; default random

    Exit code 1 when an input made a reader throw, hang or contradict itself; the input is kept.
    """;

var settings = new Dictionary<string, string>(StringComparer.Ordinal);
for (var at = 0; at < args.Length; at += 2)
{
    if (args[at] is not ("--seconds" or "--only" or "--seed") || at + 1 == args.Length)
    {
        await Console.Error.WriteLineAsync(usage);
        return 2;
    }
    settings[args[at]] = args[at + 1];
}
var targets = Targets
    .All()
    .Where(target => settings.GetValueOrDefault("--only", target.Name) == target.Name)
    .ToList();
var seedText =
    settings.GetValueOrDefault("--seed") ?? Environment.GetEnvironmentVariable("SLUICE_SEED");
if (
    !int.TryParse(
        settings.GetValueOrDefault("--seconds", "10"),
        CultureInfo.InvariantCulture,
        out var seconds
    )
    || targets.Count == 0
)
{
    await Console.Error.WriteLineAsync(usage);
    await Console.Error.WriteLineAsync(
        $"  targets: {string.Join(", ", Targets.All().Select(target => target.Name))}"
    );
    return 2;
}
if (!int.TryParse(seedText, CultureInfo.InvariantCulture, out var seed))
    seed = Random.Shared.Next(1, 1_000_000);
Console.WriteLine($"seed {seed} (SLUICE_SEED={seed} repeats it)");
var folder = Directory.CreateTempSubdirectory("sluice-fuzz-").FullName;
var failed = 0;
foreach (var target in targets)
{
    var report = Fuzzer.Run(target, seed, TimeSpan.FromSeconds(seconds), folder);
    Console.WriteLine(report.Text);
    failed += report.Failure is null ? 0 : 1;
}
if (failed == 0)
    Directory.Delete(folder, recursive: true);
return failed == 0 ? 0 : 1;
