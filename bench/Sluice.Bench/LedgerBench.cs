namespace Sluice.Bench;

/// <summary>How fast entries are chained and kept, on both stores: one by one as changes leave them, and in groups as refusals are written.</summary>
internal static class LedgerBench
{
    private static readonly (string Name, int Writers, int Chains, int Group)[] Ways =
    [
        ("1 writer, one by one", 1, 1, 1),
        ("32 writers, one ledger, one by one", 32, 1, 1),
        ("32 writers, 32 ledgers, one by one", 32, 32, 1),
        ("4 writers, one ledger, groups of 100", 4, 1, 100),
        ("4 writers, 4 ledgers, groups of 1,000", 4, 4, 1000),
    ];

    public static async Task<Table> Run(BenchPlace place, BenchOptions options)
    {
        var postgres = await place.Postgres();
        await using var embedded = await BenchHouse.Start(place);
        await using var shared = await BenchHouse.Start(
            place,
            await postgres.NewDatabase("ledger")
        );
        (string Store, BenchHouse House)[] stores =
        [
            ("embedded store", embedded),
            ("PostgreSQL", shared),
        ];
        var rows = stores
            .SelectMany(each => Ways.Select(way => (each.Store, each.House, Way: way)))
            .ToList();
        var windows = rows.Select(_ => new List<Window>()).ToList();
        // The first round warms up.
        for (var round = 0; round <= options.Rounds; round++)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var way = rows[i].Way;
                var text = await rows[i]
                    .House.Ask(
                        $"/ledger?seconds={options.Seconds}&writers={way.Writers}&chains={way.Chains}&group={way.Group}"
                    );
                var numbers = text.Split(' ').Select(double.Parse).ToList();
                if (round > 0)
                    windows[i].Add(new Window(numbers[0], numbers[1], numbers[2], 0));
            }
        }
        var table = new Table("to the target of 5,000 entries a second");
        for (var i = 0; i < rows.Count; i++)
        {
            var window = Window.Median(windows[i]);
            table.Add(
                $"{rows[i].Store}, {rows[i].Way.Name}",
                window,
                $"{window.PerSecond / 5000:0.00}"
            );
        }
        table.Note(
            "Entries per second; p50 and p99 are of a write, which is a transaction of its own, durable (fsync on) when it is counted. Each entry holds the hash of the one before: whoever adds to a ledger holds its head until the commit, so on PostgreSQL single writes to one ledger follow each other."
        );
        return table;
    }
}
