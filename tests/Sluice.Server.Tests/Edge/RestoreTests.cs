using Sluice.Server.Operations;

namespace Sluice.Server.Tests.Edge;

/// <summary>Restores that are killed half way, and who comes to the folder next.</summary>
public sealed class RestoreTests : IDisposable
{
    private readonly string _ground = Directory.CreateTempSubdirectory("sluice-restore-").FullName;

    public void Dispose() => Directory.Delete(_ground, recursive: true);

    [Fact]
    public async Task A_restore_that_is_killed_at_any_point_leaves_the_old_store_or_the_new_one_whole()
    {
        var (backup, oldKey, newKey) = await OldStoreAndBackup();
        // Nothing decided yet: what was there is still in place.
        var undecided = Copy("old", "undecided");
        await File.WriteAllTextAsync(
            Path.Combine(PendingRestore.Begin(undecided), "sluice.db"),
            "half of a store"
        );
        Assert.Contains("before it changed anything", PendingRestore.Mend(undecided)!);
        Assert.True(await Opens(undecided, oldKey));
        Assert.False(await Opens(undecided, newKey));

        var steps = (await Prepared(backup, Copy("old", "whole"))).Steps().Count();
        Assert.True(steps > 6, $"{steps} steps");
        for (var done = 0; done < steps; done++)
        {
            var folder = Copy("old", $"killed-{done}");
            var pending = await Prepared(backup, folder);
            Assert.Equal(done, pending.Steps().Take(done).Count());
            var said = PendingRestore.Mend(folder);
            Assert.Contains("that is now finished", said!);
            Assert.Null(PendingRestore.Mend(folder));
            Assert.True(await Opens(folder, newKey), $"after {done} steps");
            var aside = Assert.Single(Directory.GetDirectories(folder, "replaced-*"));
            File.Copy(
                Path.Combine(folder, "sluice.lock"),
                Path.Combine(aside, "sluice.lock"),
                overwrite: true
            );
            Assert.True(await Opens(aside, oldKey), $"set aside after {done} steps");
            Assert.Empty(Directory.GetDirectories(folder, "restore.*"));
        }
    }

    [Fact]
    public async Task A_mend_that_is_killed_is_mended_by_the_next()
    {
        var (backup, oldKey, newKey) = await OldStoreAndBackup();
        var folder = Copy("old", "killed");
        var pending = await Prepared(backup, folder);
        // Each attempt gets one step further than the one before, and then dies.
        while (Directory.Exists(Path.Combine(folder, "restore.ready")))
            _ = pending.Steps().Take(1).Count();
        Assert.True(await Opens(folder, newKey));
        Assert.False(await Opens(folder, oldKey));
    }

    [Fact]
    public async Task The_next_start_says_what_a_killed_restore_left_and_serves_the_new_store()
    {
        var (backup, _, newKey) = await OldStoreAndBackup();
        var folder = Copy("old", "killed");
        var pending = await Prepared(backup, folder);
        _ = pending.Steps().Take(2).Count();
        Assert.False(File.Exists(Path.Combine(folder, "sluice.db")));
        await using var server = await Canary.ChildServer.Start(folder);
        Assert.Contains("that is now finished", server.Output);
        var house = TestHouse.At(server.Http.BaseAddress!, folder);
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: newKey);
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task The_next_restore_says_what_a_killed_one_left_and_changes_nothing_unless_told()
    {
        var (backup, _, newKey) = await OldStoreAndBackup();
        var folder = Copy("old", "killed");
        var pending = await Prepared(backup, folder);
        _ = pending.Steps().Take(2).Count();
        var said = new List<string>();
        await Assert.ThrowsAsync<BackupException>(() =>
            Restore.Run(
                new Restore.Request(folder, backup, Replace: false),
                TimeProvider.System,
                said.Add,
                default
            )
        );
        Assert.Contains("that is now finished", Assert.Single(said));
        Assert.True(await Opens(folder, newKey));
    }

    private static async Task<PendingRestore> Prepared(string backup, string folder) =>
        (
            await Restore.Prepare(
                new Restore.Request(folder, backup, Replace: true),
                TimeProvider.System,
                default
            )
        ).Pending;

    /// <summary>The folder <c>old</c> with a store as a killed server leaves it, a backup of another store, and a key of each.</summary>
    private async Task<(string Backup, string OldKey, string NewKey)> OldStoreAndBackup()
    {
        string newKey;
        await using (var source = await TestHouse.Open(In("source")))
        {
            newKey = (await source.NewTenant()).Key;
            await Backup.Run(
                new Backup.Request(
                    source.Data,
                    In("copy.tar"),
                    Path.Combine(source.Data, "master.key"),
                    "1"
                ),
                TimeProvider.System,
                default
            );
        }
        await using var server = await Canary.ChildServer.Start(In("running"));
        var old = TestHouse.At(server.Http.BaseAddress!, In("running"));
        var oldKey = (await old.NewTenant()).Key;
        await server.Kill();
        Copy("running", "old");
        // What was written last is in the log alone: a restore that left it behind would mix two stores.
        Assert.True(new FileInfo(Path.Combine(In("old"), "sluice.db-wal")).Length > 0);
        return (In("copy.tar"), oldKey, newKey);
    }

    private static async Task<bool> Opens(string folder, string key)
    {
        await using var house = await TestHouse.Open(folder);
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
        return answer.IsSuccessStatusCode;
    }

    private string In(string name) => Path.Combine(_ground, name);

    private string Copy(string from, string to)
    {
        var folder = Directory.CreateDirectory(In(to)).FullName;
        foreach (var file in Directory.GetFiles(In(from)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }
}
