using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Packages;

public sealed class PackageArchiveTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static PackageSource Source(params (string Path, string Text)[] files) =>
        new(files.ToDictionary(f => f.Path, f => Encoding.UTF8.GetBytes(f.Text)));

    private static Task<Reading<PackageSource>> Read(byte[] archive) =>
        PackageArchive.Read(new MemoryStream(archive), Stop);

    /// <summary>An archive made by the framework's own writer.</summary>
    private static byte[] Tar(params TarEntry[] entries)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        return bytes.ToArray();
    }

    private static PaxTarEntry File(string name, int size = 1) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(new byte[size]) };

    [Fact]
    public async Task What_is_written_is_read_back()
    {
        var deep = string.Join('/', Enumerable.Repeat("folder-of-twenty-char", 10)) + "/a.txt";
        var source = Source(
            ("sluice.yaml", "name: a/b"),
            ("nodes/greet.py", "ü"),
            ("empty", ""),
            (deep, "deep")
        );

        var reading = await Read(PackageArchive.Write(source));

        Assert.Empty(reading.Mistakes);
        Assert.Equal(source.Paths, reading.Value!.Paths);
        Assert.Equal("ü", reading.Value.Text("nodes/greet.py"));
        Assert.Equal("deep", reading.Value.Text(deep));
    }

    [Fact]
    public async Task Other_programs_read_what_is_written()
    {
        var source = Source(("a.txt", "hello"), ("nodes/b.txt", new string('x', 1000)));
        using var gzip = new GZipStream(
            new MemoryStream(PackageArchive.Write(source)),
            CompressionMode.Decompress
        );
        await using var tar = new TarReader(gzip);

        var first = await tar.GetNextEntryAsync(copyData: true, Stop);
        var second = await tar.GetNextEntryAsync(copyData: true, Stop);

        Assert.Equal(("a.txt", 5L), (first!.Name, first.Length));
        Assert.Equal(("nodes/b.txt", 1000L), (second!.Name, second.Length));
        Assert.Null(await tar.GetNextEntryAsync(copyData: true, Stop));
    }

    [Fact]
    public void The_same_files_give_the_same_bytes_and_digest_in_any_order()
    {
        var one = Source(("a", "1"), ("b", "2"));
        var other = Source(("b", "2"), ("a", "1"));

        Assert.Equal(PackageArchive.Write(one), PackageArchive.Write(other));
        Assert.Equal(PackageArchive.Digest(one), PackageArchive.Digest(other));
        Assert.NotEqual(
            PackageArchive.Digest(one),
            PackageArchive.Digest(Source(("a", "1"), ("b", "3")))
        );
    }

    [Fact]
    public async Task An_archive_made_by_tar_with_a_leading_dot_is_taken()
    {
        var reading = await Read(
            Tar(
                new PaxTarEntry(TarEntryType.Directory, "./"),
                new PaxTarEntry(TarEntryType.Directory, "./nodes/"),
                File("./nodes/a.py")
            )
        );

        Assert.Equal(["nodes/a.py"], reading.Value!.Paths);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("nodes/../../evil")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("C:evil")]
    [InlineData("a\tb")]
    [InlineData("a\u202Eb")]
    [InlineData("-rf")]
    [InlineData("a /b")]
    [InlineData("a./b")]
    public async Task A_path_that_leaves_the_package_or_is_odd_is_refused(string name)
    {
        var reading = await Read(Tar(File("good"), File(name)));

        Assert.Null(reading.Value);
        Assert.Equal("archive_path", Assert.Single(reading.Mistakes).Code);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink, "archive_link")]
    [InlineData(TarEntryType.HardLink, "archive_link")]
    [InlineData(TarEntryType.CharacterDevice, "archive_entry")]
    [InlineData(TarEntryType.BlockDevice, "archive_entry")]
    [InlineData(TarEntryType.Fifo, "archive_entry")]
    public async Task Links_and_devices_are_refused(TarEntryType type, string code)
    {
        var entry = new PaxTarEntry(type, "nodes/x");
        if (code == "archive_link")
            entry.LinkName = "/etc/passwd";

        var mistake = Assert.Single((await Read(Tar(entry))).Mistakes);

        Assert.Equal((code, "nodes/x"), (mistake.Code, mistake.Where));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("Read.me", "READ.ME")]
    [InlineData("a", "a/b")]
    [InlineData("a/b", "A")]
    public async Task Two_files_of_one_name_are_refused(string first, string second)
    {
        var reading = await Read(Tar(File(first), File(second)));

        Assert.Equal("archive_duplicate", Assert.Single(reading.Mistakes).Code);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var reading = await Read(
            Tar(File("../a"), File("b"), File("b"), new PaxTarEntry(TarEntryType.Fifo, "c"))
        );

        Assert.Equal(
            ["archive_path", "archive_duplicate", "archive_entry"],
            reading.Mistakes.Select(m => m.Code)
        );
    }

    [Fact]
    public async Task Too_many_files_are_refused()
    {
        var reading = await Read(Tar([.. Enumerable.Range(0, 2001).Select(i => File($"f{i}"))]));

        Assert.Equal("archive_too_many_files", Assert.Single(reading.Mistakes).Code);
    }

    [Fact]
    public async Task Folders_without_end_are_refused()
    {
        var folders = Enumerable
            .Range(0, 6001)
            .Select(i => new PaxTarEntry(TarEntryType.Directory, $"f{i}/"));

        Assert.Equal(
            "archive_too_many_files",
            Assert.Single((await Read(Tar([.. folders]))).Mistakes).Code
        );
    }

    [Fact]
    public async Task A_bomb_is_refused_before_it_is_unpacked()
    {
        var bomb = Tar(File("a", 60_000_000), File("b", 60_000_000));
        Assert.True(bomb.Length < 2_000_000);
        // Of this thread alone: other tests run beside it.
        var before = GC.GetAllocatedBytesForCurrentThread();

        var whole = Read(bomb);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // All of it was there, so that nothing was left to another thread.
        Assert.True(whole.IsCompleted);
        Assert.Equal("archive_too_large", Assert.Single((await whole).Mistakes).Code);
        Assert.InRange(allocated, 1, 200_000_000);
    }

    [Fact]
    public async Task A_header_that_promises_more_than_there_is_costs_no_memory()
    {
        // A single entry of eight gibibytes, by its header, in an archive of one block.
        var tar = new byte[1024];
        Encoding.ASCII.GetBytes("a").CopyTo(tar, 0);
        Encoding.ASCII.GetBytes("100000000000").CopyTo(tar, 124);
        tar[156] = (byte)'0';
        tar.AsSpan(148, 8).Fill((byte)' ');
        var sum = tar.Take(512).Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0')).CopyTo(tar, 148);
        tar[154] = 0;
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(tar);
        var archive = bytes.ToArray();
        // Of this thread alone: other tests run beside it.
        var before = GC.GetAllocatedBytesForCurrentThread();

        var whole = Read(archive);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // All of it was there, so that nothing was left to another thread.
        Assert.True(whole.IsCompleted);
        var reading = await whole;
        Assert.Null(reading.Value);
        Assert.Equal("archive_too_large", Assert.Single(reading.Mistakes).Code);
        Assert.InRange(allocated, 1, 10_000_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not gzip at all")]
    public async Task What_is_no_archive_is_refused(string text)
    {
        var reading = await Read(Encoding.UTF8.GetBytes(text));

        Assert.Contains(
            Assert.Single(reading.Mistakes).Code,
            new[] { "archive_malformed", "archive_empty" }
        );
    }

    [Fact]
    public async Task An_archive_cut_off_or_damaged_anywhere_never_throws()
    {
        var archive = PackageArchive.Write(Source(("a", new string('x', 5000)), ("b/c", "2")));
        for (var length = 0; length < archive.Length; length++)
            _ = await Read(archive[..length]);
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            byte[] damaged = [.. archive];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            _ = await Read(damaged);
        }
    }

    [Fact]
    public async Task A_damaged_tar_never_throws()
    {
        using var plain = new MemoryStream();
        TarFormat.Write(Source(("a", new string('x', 700)), (new string('p', 120), "2")), plain);
        var random = new Random(2);
        for (var i = 0; i < 1000; i++)
        {
            var damaged = plain.ToArray();
            for (var flips = 0; flips < 3; flips++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            using var bytes = new MemoryStream();
            using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(damaged);
            _ = await Read(bytes.ToArray());
        }
    }
}
