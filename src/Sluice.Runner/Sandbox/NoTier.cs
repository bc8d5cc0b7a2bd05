using Sluice.Runner.Workers;

namespace Sluice.Runner.Sandbox;

/// <summary>No isolation at all: for development, by explicit flag, never picked by itself.</summary>
internal sealed class NoTier(string scratch) : IsolationTier
{
    private readonly Spawner _spawner = new("sluice-spawner");

    public override string Name => "none";

    public override string? Missing =>
        File.Exists("/usr/bin/prlimit")
            ? null
            : "prlimit of util-linux is not installed (/usr/bin/prlimit).";

    public override IReadOnlyList<string> Gaps =>
        [
            "Isolation is off: nodes can do whatever this server can. For development on your own code only.",
        ];

    public override async Task<ChildProcess> Spawn(
        SandboxTask task,
        int reads,
        int writes,
        int prints
    )
    {
        var folder = Path.Combine(scratch, Path.GetRandomFileName());
        var paths = TaskFolders.Make(task, folder);
        var pid = await _spawner.Spawn(
            new SpawnPlan
            {
                Command =
                [
                    "/usr/bin/prlimit",
                    "--core=0",
                    $"--data={task.Limits.Data}",
                    "--",
                    .. task.Command(paths),
                ],
                Environment =
                [
                    "PATH=/usr/bin:/bin",
                    $"HOME={paths.Temp}",
                    "LANG=C.UTF-8",
                    .. task.Environment.Select(entry => $"{entry.Key}={entry.Value}"),
                ],
                Descriptors = [(prints, 1), (prints, 2), (reads, 3), (writes, 4)],
                Folder = paths.Temp,
            }
        );
        return new ChildProcess(pid, after: () => Leftovers.Delete(folder));
    }

    public override void Dispose() => _spawner.Dispose();
}
