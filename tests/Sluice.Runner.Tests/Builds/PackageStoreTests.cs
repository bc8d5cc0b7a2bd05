using System.Runtime.InteropServices;
using Sluice.Runner.Builds;
using TarFile = Sluice.Runner.Builds.TarFile;

namespace Sluice.Runner.Tests.Builds;

public sealed partial class PackageStoreTests
{
    private const uint Nobody = 65534;

    [Fact]
    public async Task A_package_that_no_worker_was_started_with_for_a_month_is_removed_at_the_next_start()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-packages-").FullName;
        var clock = new ManualClock();
        var (idle, used) = (new string('a', 64), new string('b', 64));
        var store = Start();
        TarFile[] files = [new("nodes/all.py", "pass"u8.ToArray(), false)];
        store.Add(idle, files);
        store.Add(used, files);
        clock.Advance(TimeSpan.FromDays(29));
        var spec = House.Python("") with { Digest = used };
        Assert.NotNull((await store.Ensure(spec, TestContext.Current.CancellationToken)).Folder);
        Start();
        Assert.True(Directory.Exists(Path.Combine(folder, "packages", idle)));

        clock.Advance(TimeSpan.FromDays(2));
        Start();

        Assert.False(Directory.Exists(Path.Combine(folder, "packages", idle)));
        Assert.True(File.Exists(Path.Combine(folder, "packages", used, "nodes", "all.py")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder, "scratch")));
        clock.Advance(TimeSpan.FromDays(31));
        Start();
        Directory.Delete(folder, recursive: true);

        PackageStore Start() => new(folder, 1 << 20, clock);
    }

    [Fact]
    public void What_a_build_left_behind_read_only_keeps_no_server_from_starting()
    {
        // Root may remove everything; the thread is somebody else then, as far as files go.
        Exception? wrong = null;
        var other = new Thread(() =>
        {
            var root = SetFileUser(Nobody);
            wrong = Record.Exception(StartWithLeftovers);
            _ = SetFileUser(root);
        });
        other.Start();
        other.Join();
        Assert.Null(wrong);
    }

    private static void StartWithLeftovers()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-packages-").FullName;
        var elsewhere = Directory
            .CreateDirectory(Path.Combine(folder, "elsewhere", "inner"))
            .Parent!;
        var left = Directory.CreateDirectory(Path.Combine(folder, "scratch", "left", "app"));
        File.WriteAllText(Path.Combine(left.FullName, "made.txt"), "made by a test");
        Directory.CreateSymbolicLink(Path.Combine(left.FullName, "link"), elsewhere.FullName);
        if (!OperatingSystem.IsWindows())
        {
            left.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute;
            left.Parent!.UnixFileMode = UnixFileMode.None;
            elsewhere.UnixFileMode = UnixFileMode.UserRead;
        }

        _ = new PackageStore(folder, 1 << 20, new ManualClock());

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder, "scratch")));
        if (!OperatingSystem.IsWindows())
        {
            elsewhere.Refresh();
            Assert.Equal(UnixFileMode.UserRead, elsewhere.UnixFileMode);
            elsewhere.UnixFileMode |= UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }
        Directory.Delete(folder, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial uint SetFileUser(uint user);
}
