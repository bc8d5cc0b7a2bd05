using System.Runtime.InteropServices;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Workers;

/// <summary>A process that we started and must reap: a descriptor that tells of its end, and a kill that cannot miss.</summary>
internal sealed unsafe class ChildProcess
{
    private readonly int _pid;
    private readonly Action? _after;
    private readonly ControlGroup? _group;
    private readonly TaskCompletionSource _cleared = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly Lock _gate = new();
    private bool _reaped;

    /// <param name="pid">A child of ours that leads its own process group.</param>
    /// <param name="group">What it and all below it are in; taken away after its end.</param>
    /// <param name="after">Runs once after it has been collected, on another thread.</param>
    public ChildProcess(int pid, ControlGroup? group = null, Action? after = null)
    {
        _after = after;
        _group = group;
        _pid = pid;
        ExitFd = (int)Native.syscall(Native.SYS_pidfd_open, pid, 0, 0, 0);
        if (ExitFd < 0)
            throw new IOException($"pidfd_open failed, errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Readable once the process has ended. Closed by <see cref="WaitAndReap"/>.</summary>
    public int ExitFd { get; }

    public int Pid => _pid;

    /// <summary>Bytes that it and all below it hold; null where they are in no group.</summary>
    public long? MemoryInUse => _group?.MemoryInUse;

    /// <summary>After its end: the kernel ended it, or a process below it, for want of memory.</summary>
    public bool RanOutOfMemory { get; private set; }

    /// <summary>Done when it has been collected and what it left on this machine taken away; it never fails.</summary>
    public Task Cleared => _cleared.Task;

    /// <summary>Ends it now; a sandbox takes everything inside with it. Nothing once it has been collected.</summary>
    public void Kill()
    {
        // The descriptor's number may be another process's as soon as it is closed.
        lock (_gate)
        {
            if (!_reaped)
                _ = Native.syscall(Native.SYS_pidfd_send_signal, ExitFd, Native.SIGKILL, 0, 0);
        }
    }

    /// <summary>Collects the process, waiting for its end if need be.</summary>
    /// <returns>Its exit code; 128 + n for one ended by signal n, as sandboxes report it too.</returns>
    public int WaitAndReap()
    {
        WaitForEnd();
        // Not collected yet, so its number still means its group and no other: what it left behind there goes too.
        _ = Native.kill(-_pid, Native.SIGKILL);
        RanOutOfMemory = _group?.RanOutOfMemory ?? false;
        _group?.Kill();
        int status;
        int reaped;
        do reaped = Native.waitpid(_pid, &status, 0);
        while (reaped < 0 && Marshal.GetLastPInvokeError() == Native.EINTR);
        lock (_gate)
        {
            _reaped = true;
            _ = Native.close(ExitFd);
        }
        Orphans.Disown(_pid);
        if (_after is not null || _group is not null)
            ThreadPool.UnsafeQueueUserWorkItem(
                static gone => gone.Clear(),
                this,
                preferLocal: false
            );
        else
            _cleared.SetResult();
        if (reaped != _pid)
            return -1;
        var signal = status & 0x7F;
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal;
    }

    private void Clear()
    {
        try
        {
            _after?.Invoke();
            _group?.Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else has taken it away, or it goes at the next start.
        }
        finally
        {
            _cleared.SetResult();
        }
    }

    private void WaitForEnd()
    {
        var info = stackalloc byte[128];
        while (
            Native.waitid(Native.P_PID, (uint)_pid, info, Native.WEXITED | Native.WNOWAIT) != 0
            && Marshal.GetLastPInvokeError() == Native.EINTR
        ) { }
    }

    /// <summary>An exit code in words, for a sentence that begins with "its process".</summary>
    public static string Describe(int code) =>
        code switch
        {
            0 => "ended by itself",
            134 => "aborted",
            137 => "was killed, which is what running out of memory looks like from outside",
            139 => "crashed with a memory fault",
            159 => "was ended for a system call that is not allowed",
            > 128 => $"was ended by signal {code - 128}",
            _ => $"ended with exit code {code}",
        };
}
