using System.Globalization;
using Npgsql;

namespace Sluice.Soak;

/// <summary><c>./dev soak</c>.</summary>
internal static class Verb
{
    private const string Usage = """
        usage: ./dev soak [--kills N] [--minutes N] [--store sqlite|postgres|both] [--seed N] [--callers N]

          --kills    per store; default 60
          --minutes  stops earlier after this time; default: when the kills are done
          --store    default both, at once
          --seed     repeats what an earlier soak has printed; also SLUICE_SEED; default random
          --callers  calls at once; default 6

        Exit code 1 when a promise was broken; then the folder with store, calls and output stays.
        """;

    public static async Task<int> Run(string[] args)
    {
        var settings = Read(args);
        if (settings is null)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }
        var seed = Seed(settings.GetValueOrDefault("seed"));
        var stores = settings.GetValueOrDefault("store", "both") switch
        {
            "both" => (string[])["sqlite", "postgres"],
            var one => [one],
        };
        Console.WriteLine($"seed {seed} (SLUICE_SEED={seed} repeats it)");
        var minutes = settings.GetValueOrDefault("minutes");
        var kills = settings.GetValueOrDefault("kills");
        var reports = await Task.WhenAll(
            stores.Select(async store =>
            {
                var report = await SoakRun.Run(
                    new SoakOptions
                    {
                        Seed = seed,
                        Kills =
                            kills is not null ? Number(kills)
                            : minutes is not null ? int.MaxValue
                            : 60,
                        AtMost = minutes is null
                            ? TimeSpan.FromHours(24)
                            : TimeSpan.FromMinutes(Number(minutes)),
                        Postgres = store == "postgres" ? await NewDatabase() : null,
                        Callers = Number(settings.GetValueOrDefault("callers", "6")),
                        Say = Console.WriteLine,
                    }
                );
                Console.WriteLine(report);
                return report;
            })
        );
        return reports.All(report => report.Violations.Count == 0) ? 0 : 1;
    }

    /// <summary>That of the argument, of the environment, or a new one.</summary>
    public static int Seed(string? text = null) =>
        int.TryParse(
            text ?? Environment.GetEnvironmentVariable("SLUICE_SEED"),
            CultureInfo.InvariantCulture,
            out var seed
        )
            ? seed
            : Random.Shared.Next(1, 1_000_000);

    /// <summary>An empty database of the PostgreSQL that <c>./dev</c> starts.</summary>
    public static async Task<string> NewDatabase()
    {
        var server =
            Environment.GetEnvironmentVariable("SLUICE_TEST_POSTGRES")
            ?? throw new InvalidOperationException(
                "SLUICE_TEST_POSTGRES names no server: ./dev starts one"
            );
        var name = $"soak_{Guid.NewGuid():N}";
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server)
        {
            Database = name,
            MaxPoolSize = 20,
        }.ToString();
    }

    private static Dictionary<string, string>? Read(string[] args)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; at < args.Length; at += 2)
        {
            if (
                args[at] is not ("--kills" or "--minutes" or "--store" or "--seed" or "--callers")
                || at + 1 == args.Length
                || (args[at] == "--store") != (args[at + 1] is "sqlite" or "postgres" or "both")
                || (args[at] != "--store" && !int.TryParse(args[at + 1], out _))
            )
                return null;
            settings[args[at][2..]] = args[at + 1];
        }
        return settings;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
