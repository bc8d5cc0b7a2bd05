using System.CommandLine;
using System.Threading.Channels;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Packages;

/// <summary>Validates, generates and tests on every save, until it is stopped.</summary>
internal static class DevCommand
{
    // Editors write a file in several steps: what changes within this time is one save.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(150);

    public static Command Define(Terminal terminal) =>
        new Command("dev", "Validate, generate and test again on every save").Does(
            terminal,
            async (session, stop) =>
            {
                if (PackageFolder.Find(session) is not { } folder)
                    return Exit.Usage;
                var saves = Channel.CreateBounded<string>(
                    new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
                );
                using var watcher = Watch(folder, saves.Writer);
                while (true)
                {
                    await Round(session, folder, stop);
                    session.People.Faint("Waiting for a save. Ctrl-C ends it.");
                    session.People.Line();
                    var saved = await saves.Reader.ReadAsync(stop);
                    await Task.Delay(s_quiet, terminal.Clock, stop);
                    while (saves.Reader.TryRead(out _)) { }
                    session.People.Faint($"{saved} changed.");
                }
            }
        );

    private static async Task Round(Session session, PackageFolder folder, CancellationToken stop)
    {
        if (
            folder.Source(session) is not { } source
            || Workbench.Check(session, source) is not { } report
        )
            return;
        if (Workbench.Generate(session, folder, report) is null)
            return;
        if (await LocalTests.Run(session, folder, source, report.Manifest!, stop) == Exit.Done)
            session.People.Good($"{report.Manifest!.Name} is sound and its tests pass.");
    }

    private static FileSystemWatcher Watch(PackageFolder folder, ChannelWriter<string> saves)
    {
        var watcher = new FileSystemWatcher(folder.Root) { IncludeSubdirectories = true };
        void Saved(object _, FileSystemEventArgs change)
        {
            var path = Path.GetRelativePath(folder.Root, change.FullPath)
                .Replace(Path.DirectorySeparatorChar, '/');
            if (!PackageFolder.IsLeftOut(path))
                saves.TryWrite(path);
        }
        watcher.Changed += Saved;
        watcher.Created += Saved;
        watcher.Deleted += Saved;
        watcher.Renamed += Saved;
        watcher.EnableRaisingEvents = true;
        return watcher;
    }
}
