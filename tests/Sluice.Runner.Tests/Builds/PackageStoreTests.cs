using Sluice.Runner.Builds;
using TarFile = Sluice.Runner.Builds.TarFile;

namespace Sluice.Runner.Tests.Builds;

public sealed class PackageStoreTests
{
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
}
