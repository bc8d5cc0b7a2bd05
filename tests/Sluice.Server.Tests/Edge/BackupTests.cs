using System.Formats.Tar;
using Sluice.Server.Operations;

namespace Sluice.Server.Tests.Edge;

/// <summary>Backup and restore of a running embedded store, with the bytes on a real disk.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly string _ground = Directory.CreateTempSubdirectory("sluice-backup-").FullName;

    public void Dispose() => Directory.Delete(_ground, recursive: true);

    [Fact]
    public async Task A_backup_of_a_running_store_brings_everything_back()
    {
        var copy = await MadeWithKey();
        var restored = In("restored");
        await Bring(copy.File, restored);
        await using var house = await TestHouse.Open(restored);
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/secrets", key: copy.Key);
        var names = (await TestHouse.Json(answer)).GetProperty("data");
        Assert.Equal("TOKEN", names[0].GetProperty("name").GetString());
        using var replaced = await house.Send(
            HttpMethod.Put,
            "/api/v1/secrets/TOKEN",
            """{"value":"two","replace":true}""",
            copy.Key
        );
        Assert.True(replaced.IsSuccessStatusCode, await replaced.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_master_key_is_in_a_backup_only_when_that_was_asked_for()
    {
        await using var house = await TestHouse.Open(In("data"));
        var tenant = await house.NewTenant();
        await tenant.Put("/api/v1/secrets/TOKEN", """{"value":"one"}""");
        var without = await Backup.Run(
            new Backup.Request(house.Data, In("without.tar"), null, "1"),
            TimeProvider.System,
            default
        );
        Assert.Equal(["manifest.json", "sluice.db"], await Entries(In("without.tar")));
        Assert.Single(without.MasterKeyIds);
        await Backup.Run(Asked(house.Data, In("with.tar")), TimeProvider.System, default);
        Assert.Equal(["manifest.json", "sluice.db", "master.key"], await Entries(In("with.tar")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(In("with.tar"))
        );
    }

    [Fact]
    public async Task A_backup_overwrites_nothing_and_leaves_nothing_half_done()
    {
        await using var house = await TestHouse.Open(In("data"));
        var target = Path.Combine(Directory.CreateDirectory(In("out")).FullName, "a.tar");
        await File.WriteAllTextAsync(target, "mine");
        await Assert.ThrowsAsync<BackupException>(() =>
            Backup.Run(Asked(house.Data, target), TimeProvider.System, default)
        );
        Assert.Equal("mine", await File.ReadAllTextAsync(target));
        Assert.Single(Directory.GetFileSystemEntries(In("out")));
    }

    [Fact]
    public async Task A_restore_never_overwrites_a_store_unless_told_and_then_sets_it_aside()
    {
        var copy = await MadeWithKey();
        var there = In("there");
        await using (var other = await TestHouse.Open(there))
            await other.NewTenant("other");
        await Assert.ThrowsAsync<BackupException>(() => Bring(copy.File, there));
        var result = await Restore.Run(
            new Restore.Request(there, copy.File, Replace: true),
            TimeProvider.System,
            _ => { },
            default
        );
        Assert.True(File.Exists(Path.Combine(result.SetAside!, "sluice.db")));
        Assert.True(File.Exists(Path.Combine(result.SetAside!, "master.key")));
        await using var house = await TestHouse.Open(there);
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: copy.Key);
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_restore_is_refused_while_a_server_runs_on_the_folder()
    {
        var copy = await MadeWithKey();
        await using var house = await TestHouse.Open(In("busy"));
        await Assert.ThrowsAsync<FolderInUseException>(() =>
            Restore.Run(
                new Restore.Request(house.Data, copy.File, Replace: true),
                TimeProvider.System,
                _ => { },
                default
            )
        );
    }

    [Fact]
    public async Task Two_servers_on_one_embedded_folder_are_refused_in_a_clear_sentence()
    {
        await using var house = await TestHouse.Open(In("data"));
        var error = await Assert.ThrowsAsync<FolderInUseException>(() =>
            TestHouse.Open(house.Data)
        );
        Assert.Contains(
            "server is running on the data folder",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_folder_is_free_again_when_its_server_has_stopped()
    {
        await using (await TestHouse.Open(In("data"))) { }
        await using var again = await TestHouse.Open(In("data"));
        Assert.True((await again.Client.GetAsync("/health")).IsSuccessStatusCode);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task A_backup_with_one_changed_byte_is_refused_and_changes_nothing(double place)
    {
        var copy = await MadeWithKey();
        var bytes = await File.ReadAllBytesAsync(copy.File);
        bytes[(int)(bytes.Length * place)] ^= 1;
        await File.WriteAllBytesAsync(copy.File, bytes);
        await Assert.ThrowsAsync<BackupException>(() => Bring(copy.File, In("restored")));
        Assert.Equal(
            ["sluice.lock"],
            Directory.GetFileSystemEntries(In("restored")).Select(Path.GetFileName)
        );
    }

    [Theory]
    [InlineData(700)]
    [InlineData(100_000)]
    public async Task A_backup_that_is_cut_off_is_refused(int length)
    {
        var copy = await MadeWithKey();
        await using (var file = File.OpenWrite(copy.File))
            file.SetLength(length);
        await Assert.ThrowsAsync<BackupException>(() => Bring(copy.File, In("restored")));
    }

    [Fact]
    public async Task A_file_that_is_no_backup_is_refused()
    {
        await File.WriteAllTextAsync(In("letter.txt"), new string('x', 5000));
        await Assert.ThrowsAsync<BackupException>(() => Bring(In("letter.txt"), In("restored")));
    }

    [Fact]
    public async Task A_name_in_a_backup_that_leads_elsewhere_is_not_followed()
    {
        var evil = In("evil.tar");
        await using (var file = File.Create(evil))
        await using (var tar = new TarWriter(file))
        {
            await Write(
                tar,
                "manifest.json",
                """{"format":1,"version":"1","created_at":"2026-01-01T00:00:00Z","master_key_ids":[],"files":[{"name":"../escaped","size":1,"sha256":""}]}"""
            );
            await Write(tar, "../escaped", "x");
        }
        await Assert.ThrowsAsync<BackupException>(() => Bring(evil, In("restored")));
        Assert.False(File.Exists(In("escaped")));
    }

    private string In(string name) => Path.Combine(_ground, name);

    private static Backup.Request Asked(string data, string to) =>
        new(data, to, Path.Combine(data, "master.key"), "1");

    private static Task Bring(string from, string to) =>
        Restore.Run(
            new Restore.Request(to, from, Replace: false),
            TimeProvider.System,
            _ => { },
            default
        );

    /// <summary>A backup, key included, taken from a server while it runs; and a key of its tenant.</summary>
    private async Task<(string File, string Key)> MadeWithKey()
    {
        await using var house = await TestHouse.Open(In("source"));
        var tenant = await house.NewTenant();
        using var saved = await tenant.Put("/api/v1/secrets/TOKEN", """{"value":"one"}""");
        Assert.True(saved.IsSuccessStatusCode);
        await Backup.Run(Asked(house.Data, In("copy.tar")), TimeProvider.System, default);
        return (In("copy.tar"), tenant.Key);
    }

    private static async Task<List<string>> Entries(string path)
    {
        var names = new List<string>();
        await using var file = File.OpenRead(path);
        await using var tar = new TarReader(file);
        while (await tar.GetNextEntryAsync() is { } entry)
            names.Add(entry.Name);
        return names;
    }

    private static Task Write(TarWriter tar, string name, string text) =>
        tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)),
            }
        );
}
