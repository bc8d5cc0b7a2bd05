using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Runner.Sandbox;

/// <summary>A program to start: its command line, environment, and which of our descriptors become which of the child's.</summary>
internal sealed record SpawnPlan
{
    /// <summary>Path of the program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The control group that it joins first; removed again when it cannot be started.</summary>
    public ControlGroup? Group { get; init; }

    /// <summary>NAME=value; nothing else is inherited.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Our descriptor → the child's. Whatever is not named is closed; 0 is an empty pipe.</summary>
    public required IReadOnlyList<(int Ours, int Childs)> Descriptors { get; init; }

    /// <summary>Where it starts; null where the host is.</summary>
    public string? Folder { get; init; }
}

/// <summary>
/// Starts processes from one thread that lives as long as the runner: the kernel ties "die with parent" to the thread
/// that started a process, not to its whole program.
/// </summary>
internal sealed unsafe class Spawner : IDisposable
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    private static readonly bool s_canCloseFrom = NativeLibrary.TryGetExport(
        NativeLibrary.GetMainProgramHandle(),
        "posix_spawn_file_actions_addclosefrom_np",
        out _
    );

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <param name="name">The thread's name.</param>
    public Spawner(string name)
    {
        _thread = new Thread(() =>
        {
            foreach (var job in _work.GetConsumingEnumerable())
                job();
        })
        {
            IsBackground = true,
            Name = name,
        };
        _thread.Start();
    }

    /// <summary>Starts a process and answers its id. The caller reaps it.</summary>
    public Task<int> Spawn(SpawnPlan plan)
    {
        var done = new TaskCompletionSource<int>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        _work.Add(() =>
        {
            try
            {
                done.SetResult(Orphans.Own(() => Start(plan)));
            }
            catch (Exception e)
            {
                plan.Group?.Remove();
                done.SetException(e);
            }
        });
        return done.Task;
    }

    public void Dispose()
    {
        // The thread must not end: sandboxes of this runner, and of its builds still dying, hang on it. It ends with the process.
        _work.CompleteAdding();
        _thread.Join(TimeSpan.FromSeconds(1));
    }

    private static int Start(SpawnPlan plan)
    {
        var actions = stackalloc byte[1024];
        var attributes = stackalloc byte[1024];
        var signals = stackalloc byte[128];
        new Span<byte>(actions, 1024).Clear();
        new Span<byte>(attributes, 1024).Clear();
        Check(Native.posix_spawn_file_actions_init(actions));
        Check(Native.posix_spawnattr_init(attributes));
        // An empty pipe of its own, not the host's /dev/null: through a descriptor the owner of a file can change its mode.
        var (nothing, writer) = Native.Pipe();
        _ = Native.close(writer);
        var command = plan.Group?.Join(plan.Command) ?? plan.Command;
        using var arguments = new CStrings(command);
        using var environment = new CStrings(plan.Environment);
        try
        {
            var highest = 2;
            Check(Native.posix_spawn_file_actions_adddup2(actions, nothing, 0));
            foreach (var (ours, childs) in plan.Descriptors)
            {
                Check(Native.posix_spawn_file_actions_adddup2(actions, ours, childs));
                highest = Math.Max(highest, childs);
            }
            if (plan.Folder is { } folder)
                Check(Native.posix_spawn_file_actions_addchdir_np(actions, folder));
            if (s_canCloseFrom)
                Check(Native.posix_spawn_file_actions_addclosefrom_np(actions, highest + 1));

            // This runtime ignores SIGPIPE and children would inherit that: everything back to its default, nothing blocked.
            new Span<byte>(signals, 128).Fill(0xFF);
            Check(Native.posix_spawnattr_setsigdefault(attributes, signals));
            new Span<byte>(signals, 128).Clear();
            Check(Native.posix_spawnattr_setsigmask(attributes, signals));
            Check(
                Native.posix_spawnattr_setflags(
                    attributes,
                    SetSignalDefaults | SetSignalMask | SetSession
                )
            );

            int pid;
            Check(
                Native.posix_spawn(
                    &pid,
                    command[0],
                    actions,
                    attributes,
                    arguments.Pointer,
                    environment.Pointer
                )
            );
            return pid;
        }
        finally
        {
            _ = Native.posix_spawn_file_actions_destroy(actions);
            _ = Native.posix_spawnattr_destroy(attributes);
            _ = Native.close(nothing);
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new IOException($"starting a process failed, errno {error}");
    }

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed class CStrings : IDisposable
    {
        private readonly int _count;

        public CStrings(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
            {
                var bytes = Encoding.UTF8.GetBytes(texts[i]);
                Pointer[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
                bytes.CopyTo(new Span<byte>(Pointer[i], bytes.Length));
            }
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
                NativeMemory.Free(Pointer[i]);
            NativeMemory.Free(Pointer);
        }
    }
}
