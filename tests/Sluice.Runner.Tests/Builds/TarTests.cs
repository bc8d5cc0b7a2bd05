using System.Formats.Tar;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Runner.Builds;
using TarFile = Sluice.Runner.Builds.TarFile;

namespace Sluice.Runner.Tests.Builds;

public sealed class TarTests
{
    [Fact]
    public void Another_reader_of_tar_agrees_with_what_is_written()
    {
        var longName = string.Join('/', Enumerable.Repeat("folder", 40)) + "/größe.py";
        TarFile[] files =
        [
            new("b", "two"u8.ToArray(), true),
            new(longName, new byte[1000], false),
            new("a/empty", [], false),
        ];
        using var stream = new MemoryStream();
        Tar.Write(stream, files);
        stream.Position = 0;

        using var reader = new TarReader(stream);
        List<(string, long, bool)> read = [];
        while (reader.GetNextEntry() is { } entry)
            read.Add((entry.Name, entry.Length, entry.Mode.HasFlag(UnixFileMode.UserExecute)));
        Assert.Equal([("a/empty", 0, false), ("b", 3, true), (longName, 1000, false)], read);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink, "link", "link is not a regular file")]
    [InlineData(TarEntryType.HardLink, "link", "link is not a regular file")]
    [InlineData(TarEntryType.Fifo, "pipe", "pipe is not a regular file")]
    [InlineData(TarEntryType.RegularFile, "../up", "../up is not an acceptable path")]
    [InlineData(TarEntryType.RegularFile, "/root", "/root is not an acceptable path")]
    [InlineData(TarEntryType.RegularFile, "a/../../up", "a/../../up is not an acceptable path")]
    public void What_would_leave_its_folder_is_refused(TarEntryType type, string path, string wrong)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true))
        {
            var entry = new GnuTarEntry(type, path);
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                entry.LinkName = "/etc/passwd";
            writer.WriteEntry(entry);
        }
        stream.Position = 0;
        Assert.Equal(wrong, Tar.Read(stream, 1 << 20).Wrong);
    }

    [Fact]
    public void More_than_the_given_size_is_refused_without_being_read()
    {
        using var stream = new MemoryStream();
        Tar.Write(stream, [new("a", new byte[600], false), new("b", new byte[600], false)]);
        stream.Position = 0;
        Assert.Equal("it is larger than a package may be", Tar.Read(stream, 1000).Wrong);
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception()
    {
        using var whole = new MemoryStream();
        Tar.Write(whole, [new("a", Encoding.UTF8.GetBytes("content"), false)]);
        var bytes = whole.ToArray();
        Prop.ForAll<ushort, byte, ushort>(
                (at, value, length) =>
                {
                    var changed = bytes.ToArray();
                    changed[at % 512] = value;
                    using var stream = new MemoryStream(changed, 0, length % changed.Length);
                    _ = Tar.Read(stream, 1 << 20);
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
