using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Server.Operations;

/// <summary>
/// The part of a restore that changes what is in place. A store is several files, and no file system swaps several at
/// once: so everything is made ready in a folder of its own, and that folder's name is the one thing that is switched.
/// Before, the old store is in place; from then on the new one is as good as in place, and whoever comes next to the
/// folder carries out what is left.
/// </summary>
internal sealed class PendingRestore
{
    private const string Unpacking = "restore.unpacking";
    private const string Ready = "restore.ready";
    private const string PlanName = "plan.json";

    /// <summary>Set aside together: a log that is left behind would be applied to the new store.</summary>
    private static readonly string[] _storeFiles =
    [
        BackupManifest.StoreName,
        BackupManifest.StoreName + "-wal",
        BackupManifest.StoreName + "-shm",
    ];

    private readonly string _data;
    private readonly string _ready;
    private readonly RestorePlan _plan;

    private PendingRestore(string data, RestorePlan plan) =>
        (_data, _ready, _plan) = (data, Path.Combine(data, Ready), plan);

    /// <summary>Where what was there before is, or goes; null when nothing was.</summary>
    public string? SetAside => _plan.SetAside is { } name ? Path.Combine(_data, name) : null;

    /// <summary>An empty folder that only its owner can enter, for what is to be moved in.</summary>
    public static string Begin(string data) =>
        Directory
            .CreateDirectory(
                Path.Combine(data, Unpacking),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            )
            .FullName;

    /// <summary>Gives up what <see cref="Begin"/> began; nothing has been changed.</summary>
    public static void GiveUp(string data) =>
        Directory.Delete(Path.Combine(data, Unpacking), recursive: true);

    /// <summary>
    /// Decides: what <see cref="Begin"/>'s folder holds, flushed, will be the store. A master key that is in the
    /// folder replaces the one in place.
    /// </summary>
    public static PendingRestore Decide(string data, DateTimeOffset now)
    {
        var unpacked = Path.Combine(data, Unpacking);
        var replaced = File.Exists(Path.Combine(unpacked, BackupManifest.MasterKeyName))
            ? [.. _storeFiles, BackupManifest.MasterKeyName]
            : _storeFiles;
        var plan = new RestorePlan(
            replaced.Any(name => File.Exists(Path.Combine(data, name)))
                ? $"replaced-{now:yyyyMMdd-HHmmss-fff}"
                : null
        );
        Disk.WriteWhole(
            Path.Combine(unpacked, PlanName),
            JsonSerializer.SerializeToUtf8Bytes(plan, RestoreJson.Default.RestorePlan)
        );
        Disk.MoveFolder(unpacked, Path.Combine(data, Ready));
        return new PendingRestore(data, plan);
    }

    /// <summary>
    /// Carries it out, a change at a time: what is returned says what was just done. Whoever stopped in between has
    /// only to begin again: what is done is not done twice, and each beginning gets further.
    /// </summary>
    public IEnumerable<string> Steps()
    {
        // The store comes last: as long as it waits here, what lies in its place is the old one.
        if (Waits(BackupManifest.StoreName))
        {
            if (SetAside is { } aside)
            {
                if (!Directory.Exists(aside))
                {
                    Directory.CreateDirectory(
                        aside,
                        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    );
                    yield return $"made {aside}";
                }
                foreach (var name in _storeFiles)
                    if (MoveAside(name, aside))
                        yield return $"set {name} aside";
                if (
                    Waits(BackupManifest.MasterKeyName)
                    && MoveAside(BackupManifest.MasterKeyName, aside)
                )
                    yield return $"set {BackupManifest.MasterKeyName} aside";
            }
            foreach (var name in new[] { BackupManifest.MasterKeyName, BackupManifest.StoreName })
                if (Waits(name))
                {
                    Disk.MoveInto(Path.Combine(_ready, name), Path.Combine(_data, name));
                    yield return $"moved {name} in";
                }
        }
        if (Waits(PlanName))
        {
            File.Delete(Path.Combine(_ready, PlanName));
            yield return "forgot the plan";
        }
        Directory.Delete(_ready, recursive: true);
        Disk.SyncFolder(_data);
        yield return "done";
    }

    /// <summary>
    /// Carries out, or clears away, what a restore left that was interrupted. The caller holds the folder's lock.
    /// </summary>
    /// <returns>What was found and done, for the operator; null when there was nothing.</returns>
    public static string? Mend(string data)
    {
        var said = new List<string>();
        if (Directory.Exists(Path.Combine(data, Unpacking)))
        {
            GiveUp(data);
            said.Add(
                $"A restore into {data} was interrupted before it changed anything: the store is the one from before, and what had been unpacked is removed."
            );
        }
        var ready = Path.Combine(data, Ready);
        if (Directory.Exists(ready))
        {
            var pending = new PendingRestore(data, ReadPlan(Path.Combine(ready, PlanName)));
            foreach (var _ in pending.Steps()) { }
            said.Add(
                pending.SetAside is { } aside
                    ? $"A restore into {data} was interrupted while it moved the new store in: that is now finished. What was there before is in {aside}."
                    : $"A restore into {data} was interrupted while it moved the new store in: that is now finished."
            );
        }
        return said.Count == 0 ? null : string.Join(Environment.NewLine, said);
    }

    // Without a plan the last step is all that is left.
    private static RestorePlan ReadPlan(string path) =>
        File.Exists(path)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RestoreJson.Default.RestorePlan)!
            : new RestorePlan(null);

    private bool Waits(string name) => File.Exists(Path.Combine(_ready, name));

    private bool MoveAside(string name, string aside)
    {
        var there = Path.Combine(_data, name);
        if (!File.Exists(there))
            return false;
        Disk.MoveInto(there, Path.Combine(aside, name));
        return true;
    }
}

/// <param name="SetAside">Name of the folder, inside the data folder, for what was there before; null when nothing was.</param>
internal sealed record RestorePlan(string? SetAside);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RestorePlan))]
internal sealed partial class RestoreJson : JsonSerializerContext;
